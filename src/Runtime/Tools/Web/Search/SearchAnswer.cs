using System.Text;
using System.Text.Json;

namespace Runtime.Tools.Web.Search;

/// <summary>
/// What search providers answer, as a model reads it: a title, an address and a few words for each result. What is not as documented is
/// left out. Sources: SearXNG's search API and <c>searx/webutils.py</c>, Brave's WebSearchApiResponse. Pure.
/// </summary>
internal static class SearchAnswer
{
    private const int LongestTitle = 160, LongestAddress = 500, LongestText = 400;

    /// <summary>The results of SearXNG: <c>results[].title/url/content</c>, <c>answers[]</c>, and the engines that did not answer.</summary>
    public static string OfSearXng(JsonElement root, int most)
    {
        var text = new StringBuilder();
        // Texts in older versions, objects in newer ones.
        foreach (var answer in Items(root, "answers").Take(2))
            if ((answer.ValueKind == JsonValueKind.String ? answer.GetString() : Text(answer, "answer")) is { Length: > 0 } said) text.Append($"Answer: {Short(said, LongestText)}\n\n");
        Add(text, Items(root, "results").Select(r => (Text(r, "title"), Text(r, "url"), Text(r, "content"))), most);
        if (text.Length > 0) return text.ToString();
        var silent = Items(root, "unresponsive_engines").Where(e => e.ValueKind == JsonValueKind.Array && e.GetArrayLength() > 0).Select(e => e[0].ToString()).ToList();
        return silent.Count > 0 ? $"Nothing was found; {Short(string.Join(", ", silent), LongestText)} did not answer." : "Nothing was found.";
    }

    /// <summary>The results of Brave: <c>web.results[].title/url/description</c>, in which words stand between tags.</summary>
    public static string OfBrave(JsonElement root, int most)
    {
        var text = new StringBuilder();
        if (root.ValueKind == JsonValueKind.Object && root.TryGetProperty("web", out var web))
            Add(text, Items(web, "results").Select(r => (Plain(Text(r, "title")), Text(r, "url"), Plain(Text(r, "description")))), most);
        return text.Length > 0 ? text.ToString() : "Nothing was found.";

        static string? Plain(string? html) => html is null ? null : HtmlText.Of(html);
    }

    private static void Add(StringBuilder text, IEnumerable<(string? Title, string? Address, string? Content)> results, int most)
    {
        var number = 0;
        foreach (var (title, address, content) in results)
        {
            if (number == most) break;
            if (address is null || address.Length > LongestAddress || !Uri.TryCreate(address, UriKind.Absolute, out var url) || url.Scheme is not ("https" or "http")) continue;
            text.Append($"{++number}. {Short(title ?? "", LongestTitle)}\n{url.AbsoluteUri}\n{Short(content ?? "", LongestText)}\n\n");
        }
    }

    private static IEnumerable<JsonElement> Items(JsonElement of, string name) =>
        of.ValueKind == JsonValueKind.Object && of.TryGetProperty(name, out var items) && items.ValueKind == JsonValueKind.Array ? items.EnumerateArray() : Enumerable.Empty<JsonElement>();

    private static string? Text(JsonElement of, string name) =>
        of.ValueKind == JsonValueKind.Object && of.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    // One line: a title cannot look like the next result.
    private static string Short(string text, int most) => Bounded.Begin(string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)), most);
}
