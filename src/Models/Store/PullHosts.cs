namespace Models.Store;

/// <summary>Where models are pulled from.</summary>
/// <param name="HuggingFace">Address of Hugging Face or a mirror, without a slash at its end.</param>
/// <param name="HuggingFaceToken">Access token for private and gated models there; it is sent to that host alone.</param>
/// <param name="OllamaRegistry">Address of Ollama's registry or one like it, without a slash at its end.</param>
internal sealed record PullHosts(string HuggingFace, string? HuggingFaceToken, string OllamaRegistry)
{
    /// <summary>What <c>HF_ENDPOINT</c>, <c>HF_TOKEN</c> and <c>OLLAMA_REGISTRY</c> say, and the public hosts where they say nothing.</summary>
    /// <exception cref="StoreException">A variable does not hold an address.</exception>
    public static PullHosts FromEnvironment() => new(
        Address("HF_ENDPOINT", "https://huggingface.co"), Read("HF_TOKEN"), Address("OLLAMA_REGISTRY", "https://registry.ollama.ai"));

    private static string Address(string variable, string otherwise)
    {
        var given = Read(variable) ?? otherwise;
        return Uri.TryCreate(given, UriKind.Absolute, out var address) && address.Scheme is "https" or "http"
            ? given.TrimEnd('/')
            : throw new StoreException($"{variable} is '{given}', which is not an address such as {otherwise}.");
    }

    private static string? Read(string variable) => Environment.GetEnvironmentVariable(variable)?.Trim() is { Length: > 0 } value ? value : null;
}
