using System.Text.Json.Serialization;

namespace Models.Providers;

/// <summary>The ways of speaking to models elsewhere.</summary>
public enum ProviderWire
{
    /// <summary>OpenAI's, and of all that are compatible with it.</summary>
    [JsonStringEnumMemberName("openai")]
    OpenAi,

    /// <summary>Anthropic's.</summary>
    [JsonStringEnumMemberName("anthropic")]
    Anthropic,

    /// <summary>Ollama's.</summary>
    [JsonStringEnumMemberName("ollama")]
    Ollama,
}
