using System.Text.Json.Nodes;

namespace Appliance.Migration;

/// <summary>Models elsewhere that an OpenClaw had (its section <c>models.providers</c>, and what its agents ask by default), as <c>models.targets</c>. Pure.</summary>
internal static class OpenClawProviders
{
    /// <summary>A target that is taken over.</summary>
    /// <param name="Name">Its name here.</param>
    /// <param name="Setting">What is set, without its key.</param>
    /// <param name="Key">The key's place here, or null; where <paramref name="Secret"/> is set, it is kept there first.</param>
    /// <param name="Secret">The key itself, where the file held it.</param>
    internal sealed record Target(string Name, JsonObject Setting, JsonObject? Key, (string Name, string Value)? Secret);

    // What OpenClaw knows of itself: these need no address there, and often no section at all.
    private static readonly (string Provider, string Address, string Api, string Variable)[] BuiltIn =
    [
        ("openai", "https://api.openai.com/v1", "openai-completions", "OPENAI_API_KEY"), ("anthropic", "https://api.anthropic.com", "anthropic-messages", "ANTHROPIC_API_KEY"),
        ("openrouter", "https://openrouter.ai/api/v1", "openai-completions", "OPENROUTER_API_KEY"), ("deepseek", "https://api.deepseek.com", "openai-completions", "DEEPSEEK_API_KEY"),
        ("groq", "https://api.groq.com/openai/v1", "openai-completions", "GROQ_API_KEY"),
    ];

    // In place of a key, for servers that ask for none.
    private static readonly string[] NoKeys = ["ollama-local", "custom-local"];

    /// <summary>The targets of a configuration; what has no counterpart is left out and named.</summary>
    public static IReadOnlyList<Target> Of(JsonObject config, List<LeftBehind> leftOut)
    {
        List<Target> targets = [];
        var providers = (config["models"] as JsonObject)?["providers"] as JsonObject ?? [];
        var asked = Asked(config).ToList();
        foreach (var (provider, node) in providers) targets.AddRange(OfProvider(provider, node as JsonObject ?? [], asked, config, leftOut));
        // What its agents ask of providers that have no section.
        foreach (var provider in asked.Select(a => a.Provider).Distinct().Where(provider => !providers.ContainsKey(provider) && BuiltIn.Any(known => known.Provider == provider)))
            targets.AddRange(OfProvider(provider, [], asked, config, leftOut));
        return targets;
    }

    private static IEnumerable<Target> OfProvider(string provider, JsonObject entry, List<(string Provider, string Model)> asked, JsonObject config, List<LeftBehind> leftOut)
    {
        var at = $"models.providers.{provider}";
        var known = Array.Find(BuiltIn, k => k.Provider == provider);
        var (key, secret) = KeyOf(entry["apiKey"], provider, config);
        if (key is null && entry["apiKey"] is { } given && !NoKeys.Contains(Word(given))) leftOut.Add(new($"{at}.apiKey", "it is kept where this program does not look; set models.targets.NAME.key"));
        else if (entry["apiKey"] is null && known.Variable is { } variable) (key, secret) = KeyOf($"${{{variable}}}", provider, config);
        if (entry["headers"] is JsonObject { Count: > 0 }) leftOut.Add(new($"{at}.headers", "no other headers are sent here than the wire's own"));
        if (Word(entry["auth"]) is "oauth" or "aws-sdk") leftOut.Add(new($"{at}.auth", "keys alone are understood here"));
        List<JsonNode?> models = [.. entry["models"] as JsonArray ?? []];
        // An entry of a provider it knows need not list them.
        models.AddRange(asked.Where(a => a.Provider == provider && !models.Exists(m => Word(m?["id"]) == a.Model)).Select(a => new JsonObject { ["id"] = a.Model }));
        var said = new HashSet<string>(StringComparer.Ordinal);
        foreach (var model in models)
        {
            if (Word(model?["id"]) is not { } id) continue;
            var api = Word(model?["api"]) ?? Word(entry["api"]) ?? known.Api ?? "openai-completions";
            var wire = api switch { "openai-completions" or "openai-responses" => "openai", "anthropic-messages" => "anthropic", "ollama" => "ollama", _ => null };
            var address = Word(model?["baseUrl"]) ?? Word(entry["baseUrl"]) ?? known.Address;
            if (wire is null || address is null || !Uri.TryCreate(address, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https") || url.UserInfo.Length > 0)
            {
                if (said.Add($"{api} {address}")) leftOut.Add(new(at, "it has no address, or speaks what is not spoken here (openai, anthropic and ollama are)"));
                continue;
            }
            if (api == "openai-responses" && url.Host != "api.openai.com" && said.Add(api)) leftOut.Add(new($"{at}.api", "chat completions are asked for here, at the same address: most servers of OpenAI's responses have both"));
            yield return new Target(NameOf(provider, id), SettingOf(model!, id, wire, address, url), key?.DeepClone().AsObject(), secret);
        }
        if (models.Count == 0) leftOut.Add(new(at, "it names no model; name one under models.targets"));
    }

    private static JsonObject SettingOf(JsonNode model, string id, string wire, string address, Uri url)
    {
        var setting = new JsonObject { ["url"] = AddressOf(wire, address.TrimEnd('/')), ["model"] = id };
        if (wire != "openai") setting["wire"] = wire;
        // What it can take, or less where its owner wanted less.
        var window = (Number(model["contextWindow"]), Number(model["contextTokens"])) switch { ({ } most, { } wanted) => Math.Min(most, wanted), var (most, wanted) => most ?? wanted };
        if (window is >= 512) setting["window"] = (int)Math.Min(window.Value, 100_000_000);
        if (model["input"] is JsonArray inputs && inputs.Any(input => Word(input) == "image")) setting["images"] = true;
        // 0 there stands for what nobody filled in as well: an unknown price is not zero, unless it runs on this machine.
        var (paid, made) = (Number(model["cost"]?["input"]), Number(model["cost"]?["output"]));
        if (paid > 0 || made > 0 || url.IsLoopback) (setting["priceIn"], setting["priceOut"]) = (paid ?? 0, made ?? 0);
        return setting;
    }

    // Their clients write the version in the address, or not.
    private static string AddressOf(string wire, string address) => wire switch
    {
        "anthropic" when !address.EndsWith("/v1", StringComparison.Ordinal) => $"{address}/v1",
        "ollama" when address.EndsWith("/v1", StringComparison.Ordinal) => address[..^3],
        _ => address,
    };

    // Models that agents ask, as PROVIDER/MODEL; a model's own name may have slashes.
    private static IEnumerable<(string Provider, string Model)> Asked(JsonObject config)
    {
        var agents = config["agents"] as JsonObject;
        IEnumerable<JsonNode?> all = [agents?["defaults"], .. (agents?["entries"] as JsonObject ?? []).Select(e => e.Value), .. agents?["list"] as JsonArray ?? []];
        foreach (var name in all.SelectMany(agent => Names((agent as JsonObject)?["model"])).Distinct())
            if (name.IndexOf('/', StringComparison.Ordinal) is > 0 and var slash && slash + 1 < name.Length) yield return (name[..slash], name[(slash + 1)..]);
    }

    private static IEnumerable<string> Names(JsonNode? model) => model is JsonObject several
        ? [.. Names(several["primary"]), .. (several["fallbacks"] as JsonArray ?? []).Select(Word).OfType<string>()]
        : Word(model) is { } one ? [one] : [];

    private static (JsonObject? Key, (string, string)? Secret) KeyOf(JsonNode? node, string provider, JsonObject config)
    {
        var variable = node is JsonObject reference ? Word(reference["source"]) == "env" ? Word(reference["id"]) : null : Word(node) is ['$', '{', .. var name, '}'] ? name : null;
        // Variables that its file sets are not in this program's environment.
        var text = variable is null ? Word(node) : Variable(config, variable);
        if (text is null || NoKeys.Contains(text)) return (variable is null ? null : new JsonObject { ["env"] = variable }, null);
        var secret = $"PROVIDER_{new string([.. provider.Select(c => char.IsAsciiLetterOrDigit(c) ? char.ToUpperInvariant(c) : '_')])}_KEY";
        return (new JsonObject { ["file"] = $"secrets/{secret}" }, (secret, text));
    }

    private static string? Variable(JsonObject config, string name) => config["env"] is JsonObject env ? Word((env["vars"] as JsonObject)?[name]) ?? Word(env[name]) : null;

    private static string NameOf(string provider, string id) => new([.. $"{provider}-{id}".Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' ? c : '-')]);

    private static string? Word(JsonNode? node) => node is JsonValue value && value.TryGetValue(out string? text) && text.Length > 0 ? text : null;

    private static double? Number(JsonNode? node) => node is JsonValue value && value.TryGetValue(out double number) && number >= 0 ? number : null;
}
