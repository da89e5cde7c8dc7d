/** The systems that have a page in docs/, each with what was tried on a page of its own in docs/tried/. */
export const systems = ['infogan', 'vae-gan', 'bigan', 'triple-gan', 'domain-adversarial', 'voice'] as const;
