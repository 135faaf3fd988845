using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;

namespace Appliance.Http.Page;

/// <summary>
/// GET /: the page on which a person talks with this box. The same for everybody, and nothing but a client of the gateway's protocol: it can do what the
/// token can that it is given. Its policy lets run and show what stands in it and nothing else, and lets it ask this box alone. Unpacked when it is first
/// asked for. Safe for several threads.
/// </summary>
internal static class ChatPage
{
    private static readonly Lazy<Made> Page = new(Make);

    /// <summary>The page, compressed for whoever takes that (by plain HTTP browsers do not take Brotli).</summary>
    public static Task HandleAsync(HttpContext context)
    {
        var (page, request, headers) = (Page.Value, context.Request, context.Response.Headers);
        headers.ContentSecurityPolicy = page.Policy;
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=(), payment=(), usb=(), serial=(), bluetooth=()";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        // Another version of the program has another page; that of this one is not sent twice.
        headers.CacheControl = "no-cache";
        headers.ETag = page.Tag;
        headers.Vary = "Accept-Encoding";
        if (request.Headers.IfNoneMatch.ToString() == page.Tag)
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }
        var isPacked = request.Headers.AcceptEncoding.ToString().Contains("gzip", StringComparison.OrdinalIgnoreCase);
        if (isPacked) headers.ContentEncoding = "gzip";
        var content = isPacked ? page.Packed : Unpack(page.Packed);
        context.Response.ContentType = "text/html; charset=utf-8";
        context.Response.ContentLength = content.Length;
        return context.Response.Body.WriteAsync(content, context.RequestAborted).AsTask();
    }

    private static Made Make()
    {
        using var resource = typeof(ChatPage).Assembly.GetManifestResourceStream("page.html.gz")!;
        var packed = new byte[resource.Length];
        resource.ReadExactly(packed);
        var html = Encoding.UTF8.GetString(Unpack(packed));
        // connect-src has the page's own WebSocket too (CSP Level 3). No part of the page makes markup of text, and with trusted types none could.
        var policy = $"default-src 'none'; script-src {HashOf(html, "script")}; style-src {HashOf(html, "style")}; connect-src 'self'; img-src data:; base-uri 'none'; "
            + "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";
        return new(packed, policy, $"\"{Convert.ToHexStringLower(SHA256.HashData(packed).AsSpan(0, 8))}\"");
    }

    private static string HashOf(string html, string element)
    {
        var begin = html.IndexOf($"<{element}>", StringComparison.Ordinal) + element.Length + 2;
        return $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(html[begin..html.IndexOf($"</{element}>", begin, StringComparison.Ordinal)])))}'";
    }

    private static byte[] Unpack(byte[] packed)
    {
        using var unpacked = new MemoryStream();
        using (var gzip = new GZipStream(new MemoryStream(packed), CompressionMode.Decompress)) gzip.CopyTo(unpacked);
        return unpacked.ToArray();
    }

    private sealed record Made(byte[] Packed, string Policy, string Tag);
}
