using System.Text.Json;
using Microsoft.Extensions.AI;
using Models.Providers;

namespace Appliance.Http;

/// <summary>A picture of a request, whatever its wire. Models of this box read text alone; the router takes it to whoever may look at it.</summary>
internal sealed class SentPicture : DataContent
{
    private SentPicture(byte[] bytes, string kind, string at) : base(bytes, kind) => At = at;

    /// <summary>Where it stands in the request.</summary>
    public string At { get; }

    /// <summary>A picture in base64.</summary>
    /// <exception cref="ApiException">400: it is none.</exception>
    public static SentPicture OfBase64(JsonElement base64, string at)
    {
        if (base64.ValueKind != JsonValueKind.String || !base64.TryGetBytesFromBase64(out var bytes)) throw ApiException.BadRequest($"{at} must be a picture in base64.", at);
        return Of(bytes, at);
    }

    /// <summary>A picture as a <c>data:</c> address. What lies elsewhere is not fetched: who sends a request is not to say where this machine goes.</summary>
    /// <exception cref="ApiException">400: it is none.</exception>
    public static SentPicture OfAddress(JsonElement address, string at)
    {
        var text = address.ToText(at);
        if (!text.StartsWith("data:", StringComparison.OrdinalIgnoreCase)) throw ApiException.NotSupported(at, $"{at} is no picture but an address, and nothing is fetched from there: send the picture itself, as data:image/png;base64,….");
        var comma = text.IndexOf(',', StringComparison.Ordinal);
        if (comma < 0 || !text.AsSpan(0, comma).EndsWith(";base64", StringComparison.OrdinalIgnoreCase)) throw ApiException.BadRequest($"{at} must be data:TYPE;base64,….", at);
        var bytes = new byte[(text.Length - comma) / 4 * 3 + 3];
        return Convert.TryFromBase64Chars(text.AsSpan(comma + 1), bytes, out var length) ? Of(bytes[..length], at) : throw ApiException.BadRequest($"{at} must be a picture in base64.", at);
    }

    private static SentPicture Of(byte[] bytes, string at) =>
        new(bytes, PictureKind.Of(bytes) ?? throw ApiException.BadRequest($"{at} is no {PictureKind.All} picture.", at), at);
}
