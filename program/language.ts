/** Which version of the language this compiler reads. It goes into every program, so that an older run can say what it is. */
export const language = '0.2';
