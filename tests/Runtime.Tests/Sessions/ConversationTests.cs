using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Runtime.Sessions;

namespace Runtime.Tests.Sessions;

public sealed class ConversationTests
{
    [Fact]
    public async Task Ask_SecondTurn_SendsTheWholeHistory()
    {
        using var client = new ScriptedClient("one", "two");
        var conversation = new Conversation(client, new ChatOptions());
        Assert.Equal("one", await Say(conversation, "first"));
        Assert.Equal("two", await Say(conversation, "second"));
        Assert.Equal(["user:first", "assistant:one", "user:second"], client.LastMessages);
    }

    [Fact]
    public async Task Ask_StoppedInTheMiddle_KeepsWhatWasSaid()
    {
        using var client = new ScriptedClient("a long answer");
        var conversation = new Conversation(client, new ChatOptions());
        using var stop = new CancellationTokenSource();
        await Assert.ThrowsAsync<OperationCanceledException>(async () =>
        {
            await foreach (var _ in conversation.AskAsync("hello", stop.Token)) await stop.CancelAsync();
        });
        Assert.Equal(["hello", "a"], conversation.History.Select(m => m.Text));
    }

    [Fact]
    public async Task Ask_FailedBeforeTheFirstWord_LeavesNoTrace()
    {
        using var client = new ScriptedClient();
        var conversation = new Conversation(client, new ChatOptions());
        await Assert.ThrowsAsync<InvalidOperationException>(() => Say(conversation, "hello"));
        Assert.Empty(conversation.History);
    }

    private static async Task<string> Say(Conversation conversation, string text)
    {
        var answer = "";
        await foreach (var piece in conversation.AskAsync(text, CancellationToken.None)) answer += piece;
        return answer;
    }

    /// <summary>Answers with the scripted texts in turn, a character at a time; throws when it has none left.</summary>
    private sealed class ScriptedClient(params string[] answers) : IChatClient
    {
        private int _turn;

        public IReadOnlyList<string> LastMessages { get; private set; } = [];

        public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            LastMessages = [.. messages.Select(m => $"{m.Role}:{m.Text}")];
            if (_turn == answers.Length) throw new InvalidOperationException("nothing left to say");
            foreach (var character in answers[_turn++])
            {
                cancellationToken.ThrowIfCancellationRequested();
                await Task.Yield();
                yield return new ChatResponseUpdate(ChatRole.Assistant, character.ToString());
            }
        }

        public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose() { }
    }
}
