using System.Text.Json.Nodes;

namespace Appliance.Migration;

/// <summary>Models elsewhere that an OpenClaw had (its section <c>models.providers</c>), as <c>models.targets</c>. Pure.</summary>
internal static class OpenClawProviders
{
    /// <summary>A target that is taken over.</summary>
    /// <param name="Name">Its name here.</param>
    /// <param name="Setting">What is set, without its key.</param>
    /// <param name="Key">The key's place here, or null; where <paramref name="Secret"/> is set, it is kept there first.</param>
    /// <param name="Secret">The key itself, where the file held it.</param>
    internal sealed record Target(string Name, JsonObject Setting, JsonObject? Key, (string Name, string Value)? Secret);

    /// <summary>The targets of a configuration; what has no counterpart is left out and named.</summary>
    public static IEnumerable<Target> Of(JsonObject config, List<LeftBehind> leftOut)
    {
        foreach (var (provider, node) in (config["models"] as JsonObject)?["providers"] as JsonObject ?? [])
        {
            var entry = node as JsonObject ?? [];
            var wire = Word(entry["api"]) switch { null or "openai-completions" => "openai", "anthropic-messages" => "anthropic", "ollama" => "ollama", _ => null };
            if (wire is null || Word(entry["baseUrl"]) is not { } address || !Uri.TryCreate(address, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https") || url.UserInfo.Length > 0)
            {
                leftOut.Add(new($"models.providers.{provider}", "it has no address, or speaks what is not spoken here (openai, anthropic and ollama are)"));
                continue;
            }
            var (key, secret) = KeyOf(entry["apiKey"], provider);
            if (key is null && entry["apiKey"] is not null) leftOut.Add(new($"models.providers.{provider}.apiKey", "it is kept where this program does not look; set models.targets.NAME.key"));
            foreach (var model in entry["models"] as JsonArray ?? [])
            {
                if (Word(model?["id"]) is not { } id) continue;
                var setting = new JsonObject { ["url"] = wire == "anthropic" && !address.TrimEnd('/').EndsWith("/v1", StringComparison.Ordinal) ? $"{address.TrimEnd('/')}/v1" : address, ["model"] = id };
                if (wire != "openai") setting["wire"] = wire;
                if (Number(model?["contextWindow"]) is { } window and >= 512) setting["window"] = (int)Math.Min(window, 100_000_000);
                if (model?["input"] is JsonArray inputs && inputs.Any(input => Word(input) == "image")) setting["images"] = true;
                // 0 there stands for what nobody filled in as well: an unknown price is not zero, unless it runs on this machine.
                var (paid, made) = (Number(model?["cost"]?["input"]), Number(model?["cost"]?["output"]));
                if (paid > 0 || made > 0 || url.IsLoopback) (setting["priceIn"], setting["priceOut"]) = (paid ?? 0, made ?? 0);
                yield return new Target(NameOf(provider, id), setting, key?.DeepClone().AsObject(), secret);
            }
        }
    }

    private static (JsonObject? Key, (string, string)? Secret) KeyOf(JsonNode? node, string provider)
    {
        if (node is JsonObject reference && Word(reference["source"]) == "env" && Word(reference["id"]) is { } variable) return (new JsonObject { ["env"] = variable }, null);
        if (Word(node) is not { } text) return (null, null);
        if (text is ['$', '{', .. var name, '}']) return (new JsonObject { ["env"] = name }, null);
        var secret = $"PROVIDER_{new string([.. provider.Select(c => char.IsAsciiLetterOrDigit(c) ? char.ToUpperInvariant(c) : '_')])}_KEY";
        return (new JsonObject { ["file"] = $"secrets/{secret}" }, (secret, text));
    }

    private static string NameOf(string provider, string id) => new([.. $"{provider}-{id}".Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' ? c : '-')]);

    private static string? Word(JsonNode? node) => node is JsonValue value && value.TryGetValue(out string? text) && text.Length > 0 ? text : null;

    private static double? Number(JsonNode? node) => node is JsonValue value && value.TryGetValue(out double number) && number >= 0 ? number : null;
}
