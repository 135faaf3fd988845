using System.Globalization;
using System.Text.Json;
using Models.Egress;
using Models.Providers.Wire;
using Models.Routing.Classifying;

namespace Models.Providers;

/// <summary>What a fault of a model elsewhere means, and in which words a person is told. Pure.</summary>
internal static class UpstreamErrors
{
    private const int LongestQuote = 300;

    private static readonly string[] TooLong = ["context_length", "context length", "maximum context", "prompt is too long", "context window", "context size", "too many tokens", "input length and `max_tokens` exceed", "exceeds the limit of", "with the answer. Shorten it"];
    private static readonly string[] NoMoney = ["insufficient_quota", "credit balance", "billing", "payment", "insufficient balance", "insufficient_balance"];

    /// <summary>An answer with another status than success.</summary>
    /// <param name="name">The target.</param>
    /// <param name="response">What came.</param>
    /// <param name="body">The beginning of its body.</param>
    public static ProviderException FromStatus(string name, HttpResponseMessage response, string body)
    {
        var status = (int)response.StatusCode;
        var said = Parse(body);
        var text = $"{said?.Code} {said?.Message}";
        var fault = status switch
        {
            // Whoever sends elsewhere, or a page, is not the one that was asked.
            >= 300 and < 400 => UpstreamFault.BadAnswer,
            _ when said is null && IsPage(response, body) => UpstreamFault.BadAnswer,
            429 => Has(text, NoMoney) ? UpstreamFault.Billing : UpstreamFault.RateLimited,
            402 => UpstreamFault.Billing,
            401 or 403 or 404 => UpstreamFault.Denied,
            408 or 504 => UpstreamFault.Timeout,
            413 => UpstreamFault.ContextExceeded,
            503 or 529 => UpstreamFault.Overloaded,
            >= 500 => UpstreamFault.Server,
            _ => FromText(text) ?? UpstreamFault.BadRequest,
        };
        return Make(fault, name, said, $"answered {status}", RetryAfter(response));
    }

    /// <summary>An error that stands in the middle of an answer.</summary>
    public static ProviderException FromStream(string name, WireFault said)
    {
        var text = $"{said.Code} {said.Message}";
        var fault = said.Code switch
        {
            "overloaded_error" or "529" or "503" => UpstreamFault.Overloaded,
            "rate_limit_error" or "rate_limit_exceeded" or "429" => UpstreamFault.RateLimited,
            _ => FromText(text) ?? UpstreamFault.Server,
        };
        return Make(fault, name, said, "broke its answer off", null);
    }

    /// <summary>A fault of the connection; <paramref name="begun"/> where an answer had begun.</summary>
    public static ProviderException FromConnection(string name, Uri address, Exception e, bool begun)
    {
        if (e is InvalidDataException) return new ProviderException(UpstreamFault.BadAnswer, $"{name} sent what is no answer: {e.Message}.", e);
        if (begun) return new ProviderException(UpstreamFault.Cut, $"{name} broke its answer off: the connection ended ({e.Message}).", e);
        var refused = e as EgressException ?? e.InnerException as EgressException;
        if (refused is not null) return new ProviderException(UpstreamFault.Unreachable, refused.Message, e) { NeverSent = true };
        var host = address.IdnHost;
        var never = e is HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError };
        var why = e is HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } ? $"{host} could not prove who it is" : $"{host} cannot be reached";
        return new ProviderException(UpstreamFault.Unreachable, $"{name} did not answer: {why} ({(e.InnerException ?? e).Message}). Check the network and the target's url.", e) { NeverSent = never };
    }

    /// <summary>True for a web page where an answer should be.</summary>
    public static bool IsPage(HttpResponseMessage response, string body) =>
        response.Content.Headers.ContentType?.MediaType == "text/html" || body.AsSpan().TrimStart().StartsWith("<", StringComparison.Ordinal);

    private static ProviderException Make(UpstreamFault fault, string name, WireFault? said, string what, TimeSpan? retryAfter) =>
        new(fault, $"{name} {what}{Quote(said)}. {Advice(fault, name)}".TrimEnd()) { RetryAfter = retryAfter };

    private static string Advice(UpstreamFault fault, string name) => fault switch
    {
        UpstreamFault.BadAnswer => "Something else than the model answers at its url: a sign-in page of the network, perhaps.",
        UpstreamFault.Denied => $"Check the key, the url and the model of {name}.",
        UpstreamFault.Billing => "Its account has no money left.",
        UpstreamFault.ContextExceeded => "The conversation is too long for it.",
        UpstreamFault.BadRequest => "",
        _ => "Try again later.",
    };

    // What it says may hold the key it did not take.
    private static string Quote(WireFault? said)
    {
        var text = said?.Message is { Length: > 0 } message ? message : said?.Code ?? "";
        text = new string([.. text.Take(LongestQuote).Select(c => char.IsControl(c) ? ' ' : c)]).Trim();
        return text.Length == 0 || SensitiveText.Find(text).Any(f => f.Class.HasFlag(Routing.DataClass.Secret)) ? "" : $": {text.TrimEnd('.')}";
    }

    private static WireFault? Parse(string body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return WireJson.Fault(document.RootElement) ?? (document.RootElement.Text("message") is { } message ? new WireFault("", message) : null);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static UpstreamFault? FromText(string text) => Has(text, TooLong) ? UpstreamFault.ContextExceeded : Has(text, NoMoney) ? UpstreamFault.Billing : null;

    private static bool Has(string text, string[] marks) => Array.Exists(marks, mark => text.Contains(mark, StringComparison.OrdinalIgnoreCase));

    // RFC 9110 §10.2.3, and the finer header of OpenAI and others.
    private static TimeSpan? RetryAfter(HttpResponseMessage response)
    {
        if (response.Headers.TryGetValues("retry-after-ms", out var fine) && double.TryParse(fine.First(), NumberStyles.Float, CultureInfo.InvariantCulture, out var ms) && ms is >= 0 and < 1e9)
            return TimeSpan.FromMilliseconds(ms);
        var wait = response.Headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            // By the server's own clock: ours may be anything.
            { Date: { } date } when response.Headers.Date is { } now => date - now,
            _ => (TimeSpan?)null,
        };
        return wait < TimeSpan.Zero ? null : wait;
    }
}
