using Microsoft.Extensions.AI;

namespace Models.Routing.Execution;

/// <summary>A target and the way to it.</summary>
/// <param name="Target">Who it is.</param>
/// <param name="Open">Gives its client; a model of this box may have to be loaded for that. The client belongs to whoever made the target.</param>
public sealed record RoutedTarget(Target Target, Func<CancellationToken, Task<IChatClient>> Open)
{
    /// <summary>Tokens of a conversation by its own tokenizer; null where that is not known, and it is estimated.</summary>
    public Func<IReadOnlyList<ChatMessage>, ChatOptions?, int?> Count { get; init; } = (_, _) => null;

    /// <summary>How long it may take to its first token, and from one to the next.</summary>
    public (TimeSpan First, TimeSpan Between) Patience { get; init; } = Target.IsLocal ? (TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(2)) : (TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(30));
}
