// Starts telegram-test-api on a port, with what it lacks for python-telegram-bot 22.
'use strict';

const { routes } = require('telegram-test-api/lib/routes');
const { TelegramServer } = require('telegram-test-api/lib/telegramServer');

const bot = { id: 666, is_bot: true, first_name: 'Test First name', username: 'TestNameBot' };

// Its own getMe has no is_bot, and what it does not know it answers with 500.
const answers = { getMe: bot, sendChatAction: true, setMyCommands: true, answerCallbackQuery: true };
for (const [method, result] of Object.entries(answers)) {
  routes.unshift((app) => app.all(`/bot:token/${method}`, (_, res) => res.json({ ok: true, result })));
}

// It keeps an edit and answers null: an edited message is expected, or true.
routes.unshift((app, server) => app.all('/bot:token/editMessageReplyMarkup', (req, res) => {
  server.editMessageReplyMarkup(req.body);
  res.json({ ok: true, result: true });
}));

// Its messages have no sender, and their date is in milliseconds.
const { addBotMessage } = TelegramServer.prototype;
TelegramServer.prototype.addBotMessage = function add(message, token) {
  const added = addBotMessage.call(this, message, token);
  return { ...added, from: bot, date: Math.floor(added.date / 1000) };
};

// Its callback queries have no chat_instance.
const { formatUpdate } = TelegramServer;
TelegramServer.formatUpdate = (update) => {
  const written = formatUpdate(update);
  if (written.callback_query) written.callback_query.chat_instance = '1';
  return written;
};

const server = new TelegramServer({ port: Number(process.argv[2]), host: '127.0.0.1', storeTimeout: 600 });
server.start().then(() => console.log('ready'));
