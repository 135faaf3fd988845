using Microsoft.Extensions.AI;
using Models.Routing.Classifying;

namespace Models.Routing.Execution;

/// <summary>A question on its way to a model, and what is known of it. Immutable.</summary>
/// <param name="Messages">The conversation.</param>
/// <param name="Options">How to answer, or null.</param>
/// <param name="Source">Where it comes from.</param>
/// <param name="Turn">What the decision knows of it.</param>
/// <param name="Found">What was found in it.</param>
/// <param name="CachedTokens">Tokens of its beginning that whoever answered last has computed.</param>
internal sealed record Question(IReadOnlyList<ChatMessage> Messages, ChatOptions? Options, TurnSource Source, TurnFeatures Turn, Classification Found, int CachedTokens)
{
    /// <summary>Tokens of it by the targets that counted them: once, however often it is decided. For one thread at a time.</summary>
    public Dictionary<string, int?> Counted { get; } = new(StringComparer.Ordinal);

    /// <summary>Pictures in it.</summary>
    public int Images { get; } = ImagesIn(Messages);

    /// <summary>Pictures in a conversation.</summary>
    public static int ImagesIn(IReadOnlyList<ChatMessage> messages) => messages.Sum(m => m.Contents.Count(c => c is DataContent or UriContent));
}
