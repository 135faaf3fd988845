using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Models.Generation;

namespace Models.Tests.Routing.Execution;

/// <summary>A model that does what a test says, call by call: texts are said, times waited, exceptions thrown, other contents given at the end. It is as sure as was last said.</summary>
internal sealed class ScriptedTarget(TimeProvider time, params object[][] calls) : IChatClient
{
    /// <summary>What it was asked.</summary>
    public List<(IReadOnlyList<ChatMessage> Messages, ChatOptions? Options)> Asked { get; } = [];

    /// <summary>Calls that were ended before they were over.</summary>
    public int Stopped { get; private set; }

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        Asked.Add(([.. messages], options));
        AnswerCertainty? certainty = null;
        var end = new ChatResponseUpdate(ChatRole.Assistant, []) { FinishReason = ChatFinishReason.Stop };
        foreach (var step in calls[Math.Min(Asked.Count, calls.Length) - 1])
        {
            await Task.Yield();
            switch (step)
            {
                case string text: yield return Sure(new ChatResponseUpdate(ChatRole.Assistant, text)); break;
                case AnswerCertainty sure: certainty = sure; break;
                case TimeSpan wait:
                    try { await Task.Delay(wait, time, cancellationToken); }
                    catch (OperationCanceledException)
                    {
                        Stopped++;
                        throw;
                    }
                    break;
                case Exception fault: throw fault;
                case AIContent content: end.Contents.Add(content); break;
            }
        }
        yield return Sure(end);

        ChatResponseUpdate Sure(ChatResponseUpdate update)
        {
            if (certainty is not null && options?.AdditionalProperties?.ContainsKey(ChatOptionKeys.Certainty) == true) update.AdditionalProperties = new() { [ChatOptionKeys.Certainty] = certainty };
            return update;
        }
    }

    public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public object? GetService(Type serviceType, object? serviceKey = null) => null;

    public void Dispose() { }
}
