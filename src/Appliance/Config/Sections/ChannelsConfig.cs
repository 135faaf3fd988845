using Appliance.Config.Secrets;
using Models;
using Runtime.Messages.Telegram;

namespace Appliance.Config.Sections;

/// <summary>Section <c>channels</c>: ways to people beside the gateway's own clients. Immutable.</summary>
internal sealed record ChannelsConfig(TelegramConfig? Telegram = null)
{
    [Setting("A Telegram bot, by which messages are sent.", Hot = true)]
    public TelegramConfig Telegram { get; init; } = Telegram ?? new();
}

/// <summary>Section <c>channels.telegram</c>. Immutable.</summary>
internal sealed record TelegramConfig(
    [property: Setting("Where the Bot API is; Telegram's own server where it is left out.", Hot = true)]
    string? ApiRoot = null)
{
    /// <summary>Where the token is, or null.</summary>
    [Setting("The bot's token, from @BotFather; without it nothing is sent.", Hot = true)]
    public SecretReference? BotToken { get; init; }

    /// <summary>The same for the channel; null where there is no bot.</summary>
    /// <param name="home">What a relative file of a secret is relative to.</param>
    /// <exception cref="ModelException">The address is none.</exception>
    public TelegramSettings? ToSettings(string home)
    {
        if (BotToken is null) return null;
        var root = TelegramSettings.Public;
        if (ApiRoot is not null && (!Uri.TryCreate(ApiRoot, UriKind.Absolute, out root) || root.Scheme is not ("https" or "http") || root.UserInfo.Length + root.Query.Length > 0))
            throw new ModelException("channels.telegram.apiRoot is no https:// or http:// address.");
        return new TelegramSettings(root, () => SecretResolver.Resolve(BotToken, "channels.telegram.botToken", home));
    }
}
