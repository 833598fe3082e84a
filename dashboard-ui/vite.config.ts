import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

export default defineConfig({
  base: '/dashboard/',
  plugins: [svelte()],
  build: {
    outDir: '../inpoint/dashboard/built',
    emptyOutDir: true,
    assetsInlineLimit: 0, // the page's policy takes scripts and styles from our own files alone
    chunkSizeWarningLimit: 700, // the player, which is fetched when it is needed
    modulePreload: { polyfill: false },
  },
});
