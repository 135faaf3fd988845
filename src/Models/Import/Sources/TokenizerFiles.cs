namespace Models.Import.Sources;

/// <summary>The files a tokenizer and its chat template consist of in a model folder.</summary>
internal static class TokenizerFiles
{
    private const string Main = "tokenizer.json";

    /// <summary>All of them; only the first must be there.</summary>
    public static readonly string[] Names = [Main, "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json", "chat_template.jinja"];

    /// <summary>True where a folder has a tokenizer.</summary>
    public static bool ExistIn(string folder) => File.Exists(Path.Combine(folder, Main));

    /// <summary>Copies what is there.</summary>
    public static void Copy(string from, string to)
    {
        foreach (var name in Names.Where(name => File.Exists(Path.Combine(from, name)))) File.Copy(Path.Combine(from, name), Path.Combine(to, name));
    }

    /// <summary>The error of a folder without a tokenizer.</summary>
    public static ImportException Missing(string folder) => new(
        $"{folder} has no {Main}. Fetch it with the model; where only tokenizer.model is published, "
        + "AutoTokenizer.from_pretrained(…).save_pretrained(…) of Python's transformers makes one.");
}
