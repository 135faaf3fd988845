using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Appliance.Config.Document;
using Appliance.Config.Secrets;
using Models;

namespace Appliance.Config;

/// <summary>
/// Copies of a configuration without the secrets in it. Hidden are secrets that stand in the file itself, every text under a name that no
/// setting has (it may be a secret under a wrong name), and what looks like one in a comment. Who sends the placeholder back gets the
/// secret that was there. Pure.
/// </summary>
internal static partial class ConfigRedaction
{
    /// <summary>Stands for a secret; OpenClaw's clients know it (PROTOCOL.md §5) and send it back unchanged.</summary>
    public const string Sentinel = "__OPENCLAW_REDACTED__";

    // A shorter text is found in many comments by chance.
    private const int ShortestWord = 6;

    /// <summary>The document without secrets.</summary>
    public static ConfigDocument Redact(ConfigDocument document)
    {
        var secrets = Secrets(ConfigSchema.Root, document.Root, document).ToList();
        var hidden = secrets.Select(node => (node.Start, node.End, $"\"{Sentinel}\"")).ToList();
        foreach (var (at, text, redacted) in Comments(document, secrets))
        {
            if (redacted != text) hidden.Add((at.Start.Value, at.End.Value, redacted));
        }
        return Splice(document, hidden);
    }

    /// <summary>A tree without secrets.</summary>
    public static JsonObject Redact(JsonObject tree) => Redact(ConfigDocument.Parse(Encoding.UTF8.GetBytes(tree.ToJsonString()))).ToJson();

    /// <summary>A document that came back, with the secrets of the current one where the placeholder stands.</summary>
    /// <param name="sent">What came back.</param>
    /// <param name="current">The file of now, or null.</param>
    /// <param name="overrides">Whose secrets are shown by the placeholder too, and do not belong into the file.</param>
    /// <exception cref="ModelException">A placeholder stands where no secret was.</exception>
    public static ConfigDocument Restore(ConfigDocument sent, ConfigDocument? current, IReadOnlyList<ConfigOverride> overrides)
    {
        var placeholders = Placeholders(sent, sent.Root, current?.Root, ConfigPath.Root).ToList();
        var back = new List<(int, int, string)>();
        foreach (var (path, node, old) in placeholders)
        {
            if (old is { Kind: JsonValueKind.String }) back.Add((node.Start, node.End, current!.TextOf(old)));
            else if (!overrides.Any(o => o.Path.Equals(path)))
                throw new ModelException($"{path} is the placeholder of a secret, but there is no secret to put in its place. Give it, or where it is: {{\"env\": \"NAME\"}}.");
        }
        if (current is not null)
        {
            var known = Comments(current, [.. Secrets(ConfigSchema.Root, current.Root, current)]).ToLookup(c => c.Redacted, c => c.Text);
            foreach (var (at, text, _) in Comments(sent, []).Where(c => c.Text.Contains(Sentinel, StringComparison.Ordinal) && known.Contains(c.Text)))
                back.Add((at.Start.Value, at.End.Value, known[text].First()));
        }
        var restored = Splice(sent, back);
        foreach (var (path, _, old) in placeholders.Where(p => p.Old is not { Kind: JsonValueKind.String })) restored = ConfigEdit.Remove(restored, path);
        return restored;
    }

    private static IEnumerable<(ConfigPath Path, ConfigNode Node, ConfigNode? Old)> Placeholders(ConfigDocument sent, ConfigNode node, ConfigNode? old, ConfigPath path)
    {
        if (node.Kind == JsonValueKind.String) return sent.TextOf(node) == $"\"{Sentinel}\"" ? [(path, node, old)] : [];
        // In a list that got longer or shorter nobody can tell which secret belongs where.
        var sameList = old is not null && old.Items.Count == node.Items.Count;
        return [
            .. node.Members.SelectMany(member => Placeholders(sent, member.Value, old?[member.Name], path.With(member.Name))),
            .. node.Items.SelectMany((item, i) => Placeholders(sent, item, sameList ? old!.Items[i] : null, path.With($"{i}"))),
        ];
    }

    private static IEnumerable<ConfigNode> Secrets(SettingSchema? schema, ConfigNode node, ConfigDocument document)
    {
        if (node.Kind == JsonValueKind.String)
        {
            if (schema is null) return [node];
            return schema.IsSecret && !VariableReference().IsMatch(document.TextOf(node)) ? [node] : [];
        }
        if (schema is { IsSecret: true })
        {
            if (SecretReference.Read(document.ToJson(node), out _) is not null) return [];
            schema = null;
        }
        return [
            .. node.Members.SelectMany(member => Secrets(schema?.Inside(member.Name), member.Value, document)),
            .. node.Items.SelectMany(item => Secrets(schema?.Item, item, document)),
        ];
    }

    private static IEnumerable<(Range At, string Text, string Redacted)> Comments(ConfigDocument document, IReadOnlyList<ConfigNode> secrets)
    {
        var words = secrets.Select(node => (string?)document.ToJson(node)).Where(word => word?.Length >= ShortestWord).ToList();
        foreach (var at in document.Comments)
        {
            var text = Encoding.UTF8.GetString(document.Text.Span[at]);
            var redacted = SecretInComment().Replace(text, match => $"{match.Groups[1]}{Sentinel}{match.Groups[3]}");
            foreach (var word in words) redacted = redacted.Replace(word!, Sentinel, StringComparison.Ordinal);
            yield return (at, text, redacted);
        }
    }

    private static ConfigDocument Splice(ConfigDocument document, List<(int Start, int End, string Text)> changes)
    {
        if (changes.Count == 0) return document;
        var text = document.Text.Span;
        var (result, at) = (new List<byte>(text.Length), 0);
        foreach (var (start, end, with) in changes.OrderBy(c => c.Start))
        {
            result.AddRange(text[at..start]);
            result.AddRange(Encoding.UTF8.GetBytes(with));
            at = end;
        }
        result.AddRange(text[at..]);
        return ConfigDocument.Parse(result.ToArray());
    }

    [GeneratedRegex("""^"\$\{[A-Za-z_][A-Za-z0-9_]*\}"$""")]
    private static partial Regex VariableReference();

    [GeneratedRegex("""((?:token|secret|password|passphrase|api_?key|credential|private)[A-Za-z0-9_]*["']?\s*[:=]\s*["']?)([^\s"',}]+)(["']?)""", RegexOptions.IgnoreCase)]
    private static partial Regex SecretInComment();
}
