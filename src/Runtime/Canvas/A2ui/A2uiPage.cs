using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Models;

namespace Runtime.Canvas.A2ui;

/// <summary>Surfaces as a page of HTML: texts are texts, pictures are in the page itself, buttons do nothing. Pure.</summary>
internal static class A2uiPage
{
    private const int Deepest = 16, MostShown = 1000, MostItems = 200;

    private const string Style =
        "body{font:16px sans-serif;margin:12px}.r{display:flex;gap:8px;flex-wrap:wrap}.c{display:flex;flex-direction:column;gap:8px}.k{border:1px solid #8886;border-radius:8px;padding:12px}img{max-width:100%}p,h1,h2,h3,h4,h5{margin:0}";

    private static readonly string[] Pictures = ["data:image/png;base64,", "data:image/jpeg;base64,", "data:image/gif;base64,", "data:image/webp;base64,"];

    /// <summary>The page of some surfaces.</summary>
    public static string Write(IReadOnlyList<A2uiSurface> surfaces)
    {
        var html = new StringBuilder("<!doctype html><meta charset=\"utf-8\"><style>").Append(Style).Append("</style>");
        foreach (var surface in surfaces) new Drawing(surface, html).Draw(surface.Root!, null, 0);
        return html.ToString();
    }

    /// <summary>Draws a surface for nobody, so that what cannot be shown is found before it is passed on.</summary>
    /// <exception cref="ModelException">Components are missing or contain themselves, there are too many, or a picture is not in the document itself.</exception>
    public static void Check(A2uiSurface surface) => new Drawing(surface, new StringBuilder()).Draw(surface.Root!, null, 0);

    /// <summary>One surface being drawn.</summary>
    private sealed class Drawing(A2uiSurface surface, StringBuilder html)
    {
        private int _shown;

        public void Draw(string id, JsonNode? item, int depth)
        {
            if (!surface.Components.TryGetValue(id, out var component)) throw new ModelException($"A2UI: there is no component {id}.");
            if (depth > Deepest) throw new ModelException($"A2UI: components are nested more than {Deepest} deep, or contain themselves.");
            if (++_shown > MostShown) throw new ModelException($"A2UI: more than {MostShown} components would be shown.");
            var has = component.Properties;
            switch (component.Type)
            {
                case "Text":
                    var tag = (string?)has["usageHint"] switch { "h1" => "h1", "h2" => "h2", "h3" => "h3", "h4" => "h4", "h5" => "h5", "caption" => "small", _ => "p" };
                    html.Append('<').Append(tag).Append('>').Append(WebUtility.HtmlEncode(surface.Resolve(has["text"], item))).Append("</").Append(tag).Append('>');
                    break;
                case "Image":
                    html.Append("<img alt=\"\" src=\"").Append(WebUtility.HtmlEncode(Picture(surface.Resolve(has["url"], item)))).Append("\">");
                    break;
                case "Divider":
                    html.Append("<hr>");
                    break;
                case "Button":
                    Around("<button disabled>", (string)has["child"]!, item, depth, "</button>");
                    break;
                case "Card":
                    Around("<div class=\"k\">", (string)has["child"]!, item, depth, "</div>");
                    break;
                default:
                    html.Append(component.Type == "Row" ? "<div class=\"r\">" : "<div class=\"c\">");
                    DrawChildren((JsonObject)has["children"]!, item, depth);
                    html.Append("</div>");
                    break;
            }
        }

        private void Around(string before, string child, JsonNode? item, int depth, string after)
        {
            html.Append(before);
            Draw(child, item, depth + 1);
            html.Append(after);
        }

        private void DrawChildren(JsonObject children, JsonNode? item, int depth)
        {
            if (children["explicitList"] is JsonArray list)
            {
                foreach (var id in list) Draw((string)id!, item, depth + 1);
                return;
            }
            var template = (JsonObject)children["template"]!;
            if (surface.Find((string)template["dataBinding"]!, item) is not JsonObject items) return;
            if (items.Count > MostItems) throw new ModelException($"A2UI: a list has more than {MostItems} items.");
            foreach (var (_, one) in items) Draw((string)template["componentId"]!, one ?? new JsonObject(), depth + 1);
        }

        // Nothing is fetched for a picture: what fetches tells somebody that it is being looked at.
        private static string Picture(string url) =>
            Pictures.Any(kind => url.StartsWith(kind, StringComparison.Ordinal)) && url.AsSpan(url.IndexOf(',') + 1).IndexOfAnyExcept(Base64) < 0
                ? url : throw new ModelException("A2UI: a picture must be in the document itself, as data:image/png;base64,… (or jpeg, gif, webp).");
    }

    private static readonly System.Buffers.SearchValues<char> Base64 = System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=");
}
