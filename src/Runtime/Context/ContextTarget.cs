using System.Text;
using Microsoft.Extensions.AI;
using Models.Generation;
using Models.Routing.Execution;
using Models.Tokens;

namespace Runtime.Context;

/// <summary>The model that a context is made for: how much it takes, and how it counts.</summary>
/// <param name="Window">Tokens of prompt and answer together.</param>
/// <param name="Tokenizer">How it counts; null for a model elsewhere, where four bytes are taken for a token.</param>
/// <param name="CanChat">False for a model that was never taught to chat: it is told the conversation and nothing else.</param>
public sealed record ContextTarget(int Window, Tokenizer? Tokenizer, bool CanChat)
{
    // Of a model that does not tell.
    private const int UnknownWindow = 32_768;

    /// <summary>The target behind a client.</summary>
    public static ContextTarget Of(IChatClient client) => client.GetService<ILanguageModel>() is { } model
        ? new(model.ContextLength, model.Tokenizer, model.ChatTemplate is not null)
        // Any of them may answer, and go on with what another began.
        : new(client.GetService<ModelRouter>()?.Window ?? UnknownWindow, null, CanChat: true);

    /// <summary>Tokens that are kept free for the answer.</summary>
    public int Reserve => Math.Min(1024, Window / 4);

    /// <summary>Tokens of a text by itself.</summary>
    public int Count(string text) => Tokenizer is { } tokenizer ? tokenizer.Encode(text, addSpecialTokens: false).Length : (Encoding.UTF8.GetByteCount(text) + 3) / 4;
}
