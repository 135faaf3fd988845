using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Models.Generation;
using Models.Tokens;

namespace Appliance.Tests.Http;

/// <summary>A model that says what a test tells it to, one token per text, and remembers what it was asked.</summary>
internal sealed class ScriptedModel(string name) : ILanguageModel
{
    private static readonly Tokenizer Bytes = ByteTokenizer.Create();

    public string Name { get; } = name;

    public int ContextLength => 4096;

    public Tokenizer Tokenizer => Bytes;

    public ChatTemplate? ChatTemplate { get; set; }

    /// <summary>The texts of an answer.</summary>
    public Func<CancellationToken, IAsyncEnumerable<string>> Answer { get; set; } = _ => Say("Hello", " from", " the", " box", ".");

    /// <summary>The stop string that the answer says it ended at.</summary>
    public string? StopString { get; set; }

    /// <summary>Every call so far.</summary>
    public ConcurrentQueue<(int[] Prompt, GenerationOptions Options)> Calls { get; } = new();

    /// <summary>Done when a generation was cancelled.</summary>
    public TaskCompletionSource Cancelled { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public static async IAsyncEnumerable<string> Say(params string[] texts)
    {
        foreach (var text in texts)
        {
            await Task.Yield();
            yield return text;
        }
    }

    /// <summary>One text, then nothing until it is cancelled.</summary>
    public static async IAsyncEnumerable<string> SayAndHang(string text, [EnumeratorCancellation] CancellationToken cancellation)
    {
        yield return text;
        await Task.Delay(Timeout.Infinite, cancellation);
    }

    public async IAsyncEnumerable<GenerationStep> GenerateAsync(
        ReadOnlyMemory<int> prompt, GenerationOptions options, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        options.Validate();
        if (prompt.Length > ContextLength)
            throw new GenerationException($"The prompt has {prompt.Length} tokens; {Name} holds {ContextLength} with the answer. Shorten it.") { IsContextExceeded = true };
        Calls.Enqueue((prompt.ToArray(), options));
        var made = 0;
        var finish = FinishReason.Stop;
        using var noticed = cancellation.Register(() => Cancelled.TrySetResult());
        await foreach (var text in Answer(cancellation))
        {
            cancellation.ThrowIfCancellationRequested();
            if (made == options.MaxTokens)
            {
                finish = FinishReason.Length;
                break;
            }
            yield return new GenerationStep(3 + made++, text);
        }
        yield return new GenerationStep(null, "", finish, new GenerationTimings(
            prompt.Length, made, TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(2), TimeSpan.FromMilliseconds(3)))
        { StopString = StopString };
    }

    public void Dispose() { }
}
