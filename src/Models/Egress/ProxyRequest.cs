using System.Text;

namespace Models.Egress;

/// <summary>The head of a request to a proxy (RFC 9112, 3.2.2 and 3.2.3).</summary>
/// <param name="Method">The method.</param>
/// <param name="Address">Where it goes; for a tunnel the host and port, as https.</param>
/// <param name="Head">For a request: the head as the server gets it, with what was read of the body. Empty for a tunnel.</param>
internal sealed record ProxyRequest(string Method, Uri Address, byte[] Head)
{
    private const int LongestHead = 64 * 1024;

    /// <summary>True for a tunnel (CONNECT).</summary>
    public bool IsTunnel => Method == "CONNECT";

    /// <summary>Reads one; null where it is none, or its head is too long.</summary>
    public static async Task<ProxyRequest?> ReadAsync(Stream stream, CancellationToken cancellation)
    {
        var bytes = new byte[LongestHead];
        for (var length = 0; length < bytes.Length;)
        {
            var read = await stream.ReadAsync(bytes.AsMemory(length), cancellation);
            if (read == 0) return null;
            var from = Math.Max(0, length - 3);
            length += read;
            var end = bytes.AsSpan(from, length - from).IndexOf("\r\n\r\n"u8);
            if (end >= 0) return Parse(bytes.AsSpan(0, from + end + 4), bytes.AsSpan(from + end + 4, length - from - end - 4));
        }
        return null;
    }

    /// <summary>Reads a head that ends with an empty line, and what came after it.</summary>
    public static ProxyRequest? Parse(ReadOnlySpan<byte> head, ReadOnlySpan<byte> rest)
    {
        var lines = Encoding.Latin1.GetString(head).Split("\r\n");
        if (lines[0].Split(' ') is not [{ Length: > 0 } method, var target, "HTTP/1.1" or "HTTP/1.0"]) return null;
        if (method == "CONNECT")
            return target.LastIndexOf(':') > 0 && Uri.TryCreate($"https://{target}/", UriKind.Absolute, out var tunnel) && tunnel is { UserInfo: "", PathAndQuery: "/", Port: 443 or > 1023 or 80 } ? new(method, tunnel, []) : null;
        if (!Uri.TryCreate(target, UriKind.Absolute, out var address) || address.Scheme != Uri.UriSchemeHttp || address.UserInfo.Length > 0) return null;
        // One request a connection: the next could be for somebody else.
        var kept = lines.Skip(1).Where(line => line.Length > 0 && !line.StartsWith("Proxy-", StringComparison.OrdinalIgnoreCase) && !line.StartsWith("Connection:", StringComparison.OrdinalIgnoreCase));
        var text = $"{method} {address.PathAndQuery} HTTP/1.1\r\n{string.Concat(kept.Select(line => line + "\r\n"))}Connection: close\r\n\r\n";
        return new(method, address, [.. Encoding.Latin1.GetBytes(text), .. rest]);
    }
}
