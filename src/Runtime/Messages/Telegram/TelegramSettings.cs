namespace Runtime.Messages.Telegram;

/// <summary>How Telegram is reached. Immutable.</summary>
/// <param name="Root">Where the Bot API is.</param>
/// <param name="Token">Gives the bot's token; it is asked for each message and kept nowhere.</param>
public sealed record TelegramSettings(Uri Root, Func<string> Token)
{
    /// <summary>Telegram's own server.</summary>
    public static Uri Public { get; } = new("https://api.telegram.org");
}
