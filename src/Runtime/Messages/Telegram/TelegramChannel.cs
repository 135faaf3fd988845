using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.RegularExpressions;
using Models;
using Models.Egress;
using Runtime.Outbox;

namespace Runtime.Messages.Telegram;

/// <summary>
/// Sends messages by a Telegram bot (Bot API, method <c>sendMessage</c>). It sends only: nothing is received, and nobody can begin a turn by
/// it. The token stands in the address that is asked, as the API wants it, and in no message or log. Safe for several threads.
/// </summary>
/// <param name="settings">How Telegram is reached now; null where no bot is configured.</param>
/// <param name="egress">The owner's rules for what may leave the machine.</param>
public sealed partial class TelegramChannel(Func<TelegramSettings?> settings, EgressPolicy egress)
{
    /// <summary>What clients call it.</summary>
    public const string Name = "telegram";

    /// <summary>The longest message, characters (Bot API, sendMessage).</summary>
    public const int Longest = 4096;

    private const int MostKeys = 1000, MostBytes = 1 << 20;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Lock _lock = new();
    private readonly Queue<string> _order = new();
    private readonly Dictionary<string, Task<string>> _sent = new(StringComparer.Ordinal);

    /// <summary>True where a bot is configured.</summary>
    public bool IsConfigured => settings() is not null;

    /// <summary>Sends a message, once for each of the last thousand keys; one that could not be sent may be sent again.</summary>
    /// <param name="to">A chat's number or a channel's @name, with <c>telegram:</c> before it or without.</param>
    /// <param name="text">What is said, as plain text.</param>
    /// <param name="key">The sender's idempotency key.</param>
    /// <param name="cancellation">Stops waiting; the message may be sent all the same.</param>
    /// <returns>Telegram's number of the message.</returns>
    /// <exception cref="DeliveryException">It was not sent, or may not have been; the message says why.</exception>
    /// <exception cref="ModelException">It is no message, or there is no bot.</exception>
    public Task<string> SendAsync(string to, string text, string key, CancellationToken cancellation)
    {
        var (chat, telegram) = Check(to, text);
        try { egress.CheckOwn(telegram.Root); }
        catch (EgressException e) { throw new DeliveryException(egress.Offline ? DeliveryFault.NotSent : DeliveryFault.Refused, e.Message, e); }
        lock (_lock)
        {
            if (_sent.TryGetValue(key, out var before) && !before.IsFaulted && !before.IsCanceled) return before.WaitAsync(cancellation);
            if (_sent.TryAdd(key, Task.FromResult(""))) _order.Enqueue(key);
            if (_order.Count > MostKeys) _sent.Remove(_order.Dequeue());
            // Whoever asked may go; a message that is half sent is not asked for again with the same key meanwhile.
            return (_sent[key] = PostAsync(telegram, chat, text)).WaitAsync(cancellation);
        }
    }

    /// <summary>Looks at a message before it is sent, or waits to be.</summary>
    /// <returns>The chat, and how it is reached.</returns>
    /// <exception cref="ModelException">It is no message, or there is no bot.</exception>
    public (string Chat, TelegramSettings Settings) Check(string to, string text)
    {
        var chat = to.StartsWith(Name + ":", StringComparison.Ordinal) ? to[(Name.Length + 1)..] : to;
        if (!Chat().IsMatch(chat)) throw new ModelException("A Telegram target is a chat's number, or the @name of a channel.");
        if (text.Length is 0 or > Longest) throw new ModelException($"A Telegram message has 1 to {Longest} characters; this one has {text.Length}.");
        return (chat, settings() ?? throw new ModelException("No Telegram bot is configured on this box. Its owner sets channels.telegram.botToken."));
    }

    private async Task<string> PostAsync(TelegramSettings telegram, string chat, string text)
    {
        using var door = new EgressDoor(egress);
        using var client = door.CreateHttpClient(telegram.Root);
        (client.Timeout, client.MaxResponseContentBufferSize) = (Patience, MostBytes);
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{telegram.Root.GetLeftPart(UriPartial.Path).TrimEnd('/')}/bot{Uri.EscapeDataString(telegram.Token())}/sendMessage");
        request.Content = new ByteArrayContent(Body(chat, text)) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        request.Options.Set(EgressPolicy.Why, "a message by telegram");
        try
        {
            using var response = await client.SendAsync(request);
            using var json = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync());
            var answer = json.RootElement;
            if (answer.ValueKind == JsonValueKind.Object && answer.TryGetProperty("ok", out var ok) && ok.ValueKind == JsonValueKind.True
                && answer.TryGetProperty("result", out var sent) && sent.ValueKind == JsonValueKind.Object && sent.TryGetProperty("message_id", out var id)) return id.ToString();
            var fault = (int)response.StatusCode switch { 429 => DeliveryFault.NotSent, >= 500 => DeliveryFault.Unknown, _ => DeliveryFault.Refused };
            throw new DeliveryException(fault, $"Telegram did not take the message ({(int)response.StatusCode}): {Why(answer)}");
        }
        catch (HttpRequestException e)
        {
            if (e.InnerException is EgressException refused) throw new DeliveryException(DeliveryFault.NotSent, refused.Message, refused);
            throw DeliveryException.FaultOf(e) == DeliveryFault.NotSent ? new DeliveryException(DeliveryFault.NotSent, $"Telegram at {telegram.Root.IdnHost} cannot be reached: the message was not sent.", e)
                : new DeliveryException(DeliveryFault.Unknown, $"The connection to {telegram.Root.IdnHost} broke off: the message may have been sent.", e);
        }
        catch (JsonException e)
        {
            throw new DeliveryException(DeliveryFault.Unknown, $"{telegram.Root.IdnHost} answered something else than Telegram does: the message may not have been sent.", e);
        }
        catch (OperationCanceledException e)
        {
            throw new DeliveryException(DeliveryFault.Unknown, $"Telegram did not answer within {Patience.TotalSeconds:0} seconds: the message may have been sent.", e);
        }
    }

    private static byte[] Body(string chat, string text)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteString("chat_id", chat);
            json.WriteString("text", text);
            json.WriteEndObject();
        }
        return stream.ToArray();
    }

    private static string Why(JsonElement answer) =>
        answer.ValueKind == JsonValueKind.Object && answer.TryGetProperty("description", out var why) && why.ValueKind == JsonValueKind.String ? Tools.Bounded.Begin(why.GetString()!, 200) : "it gave no reason.";

    [GeneratedRegex(@"\A(-?[0-9]{1,20}|@[A-Za-z0-9_]{4,32})\z", RegexOptions.CultureInvariant)]
    private static partial Regex Chat();
}
