using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.Extensions.AI;
using Models.Generation;
using Models.Routing.Classifying;

namespace Models.Routing.Execution;

/// <summary>
/// Answers by whoever the router decides for, and by the next where that fails. This is the only loop that tries again. What was said
/// stands: a target that breaks off is followed by one that goes on from there, and calls of tools come from one whole answer alone. Safe
/// for several threads.
/// </summary>
/// <param name="router">The router.</param>
/// <param name="asked">The target to ask, whoever else there is; null leaves it to the rules.</param>
/// <param name="profile">What matters most to whoever asks; null leaves it to the owner.</param>
internal sealed class RoutedChatClient(ModelRouter router, string? asked, RoutingProfile? profile) : IChatClient
{
    /// <inheritdoc/>
    public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    /// <inheritdoc/>
    /// <exception cref="RoutingException">Nobody may answer, or nobody could.</exception>
    /// <exception cref="GenerationException">The conversation is too long for all that may answer.</exception>
    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        // Who does not say where it comes from may have read anything.
        var source = options?.AdditionalProperties?.TryGetValue(ChatOptionKeys.Source, out TurnSource? told) == true ? told! : new TurnSource { Taint = DataClass.All };
        var run = new AnswerRun(router, router.Ask([.. messages], options, source, asked, profile), cancellationToken);
        router.State.CountCall();
        try
        {
            StringBuilder said = new();
            List<string> speakers = [];
            string? id = null;
            while (true)
            {
                await using var attempt = await run.BeginAsync(said.ToString());
                var continuation = said.Length > 0 ? new Continuation(said.ToString()) : null;
                var spoke = said.Length > 0;
                ChatResponseUpdate? end = null;
                while (await run.NextAsync(attempt) is { } update)
                {
                    if (continuation is not null) Replace(update, continuation.Take);
                    if (update.FinishReason is not null)
                    {
                        if (continuation is not null && continuation.End() is { Length: > 0 } rest) update.Contents.Insert(0, new TextContent(rest));
                        end = update;
                    }
                    said.Append(update.Text);
                    spoke |= update.Contents.Any(c => c is not (UsageContent or TextContent { Text.Length: 0 }));
                    if (!speakers.Contains(attempt.Target.Name)) speakers.Add(attempt.Target.Name);
                    Sign(update);
                    // An empty answer is kept back: somebody else may have one.
                    if (spoke) yield return update;
                }
                if (run.Failed) continue;
                if (!spoke && run.TryOthers(attempt)) continue;
                if (!spoke && end is not null) yield return end;
                run.Answered(attempt);
                yield break;

                void Sign(ChatResponseUpdate update)
                {
                    id ??= update.MessageId ?? Guid.NewGuid().ToString();
                    (update.MessageId, update.ResponseId, update.ModelId) = (id, id, string.Join(" + ", speakers));
                }
            }
        }
        finally
        {
            run.Record();
        }
    }

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceKey is not null ? null
        : serviceType == typeof(ChatClientMetadata) ? new ChatClientMetadata("router", null, asked)
        : serviceType == typeof(ModelRouter) ? router
        : serviceType.IsInstanceOfType(this) ? this : null;

    /// <summary>Does nothing: targets belong to the router.</summary>
    public void Dispose() { }

    private static void Replace(ChatResponseUpdate update, Func<string, string> text)
    {
        for (var i = 0; i < update.Contents.Count; i++)
            if (update.Contents[i] is TextContent content) update.Contents[i] = new TextContent(text(content.Text));
    }
}
