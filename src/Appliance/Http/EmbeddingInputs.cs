namespace Appliance.Http;

/// <summary>The bound that all requests for vectors and scores share.</summary>
internal static class EmbeddingInputs
{
    /// <summary>Most texts of a request, OpenAI's documented limit.</summary>
    public const int Most = 2048;
}
