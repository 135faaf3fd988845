namespace Models.Providers;

/// <summary>The ways of speaking to models elsewhere.</summary>
public enum ProviderWire
{
    /// <summary>OpenAI's, and of all that are compatible with it.</summary>
    OpenAi,

    /// <summary>Anthropic's.</summary>
    Anthropic,

    /// <summary>Ollama's.</summary>
    Ollama,
}
