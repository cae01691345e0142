import ms from 'ms';
export const minutes = (text) => ms(text) / 60_000;
