using System.Net;
using System.Text;
using Appliance.Gateway;
using Runtime.Canvas;

namespace Appliance.Http.Canvas;

/// <summary>
/// Serves panels to frames. A panel stands in a frame of its own within the page that is served, so that three things hold it: the sandbox
/// of that frame, the policy of the page, which it inherits, and the page's say about where its frame may go. It runs no script, sends no
/// form, loads nothing and cannot lead its frame anywhere.
/// </summary>
internal sealed class CanvasDoor(Lazy<GatewayHost> gateway)
{
    private const string Policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; media-src data:; frame-src 'none'; base-uri 'none'; form-action 'none'; sandbox";

    /// <summary>Answers with a panel; 404 where the ticket is none, or its panel has gone.</summary>
    public async Task GetAsync(HttpContext context, string ticket)
    {
        var panel = gateway.IsValueCreated && gateway.Value.Context.Tickets.Find(ticket) is { } place
            ? gateway.Value.Context.Canvas.Read(place.Key).Panels.FirstOrDefault(p => p.Name == place.Name) : null;
        if (panel is null) throw new ApiException(StatusCodes.Status404NotFound, "There is no panel here, or no longer. The client asks for its address again.");
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers["Referrer-Policy"] = "no-referrer";
        headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=(), clipboard-read=(), clipboard-write=()";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers.CacheControl = "no-store";
        context.Response.ContentType = "text/html; charset=utf-8";
        await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(Page(panel)), context.RequestAborted);
    }

    /// <summary>The page around a panel. In a quoted attribute everything but quotes and ampersands is text (HTML, 13.1.2.3).</summary>
    internal static string Page(CanvasPanel panel)
    {
        var inner = panel.Html.Replace("&", "&amp;", StringComparison.Ordinal).Replace("\"", "&quot;", StringComparison.Ordinal);
        return $"<!doctype html><meta charset=\"utf-8\"><title>{WebUtility.HtmlEncode(panel.Title)}</title><style>html,body,iframe{{margin:0;width:100%;height:100%;border:0;display:block}}</style><iframe sandbox srcdoc=\"{inner}\"></iframe>";
    }
}
