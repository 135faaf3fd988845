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

    /// <summary>What of the prompt's beginning its template passes on: the rest is not sent, and costs nothing.</summary>
    public TemplateReach Reach { get; init; } = TemplateReach.All;

    /// <summary>The target of a model here.</summary>
    public static ContextTarget Of(int window, Tokenizer tokenizer, ChatTemplate? template) => new(window, tokenizer, template is not null) { Reach = template?.Reach ?? TemplateReach.All };

    /// <summary>The target behind a client.</summary>
    public static ContextTarget Of(IChatClient client) => client.GetService<ILanguageModel>() is { } model
        ? Of(model.ContextLength, model.Tokenizer, model.ChatTemplate)
        // Any of them may answer, and go on with what another began.
        : new(client.GetService<ModelRouter>()?.Window ?? UnknownWindow, null, CanChat: true);

    /// <summary>Tokens that are kept free for the answer.</summary>
    public int Reserve => Math.Min(1024, Window / 4);

    /// <summary>True where it is told what our own marks mean, around what others wrote and before what was said after a pause.</summary>
    public bool KnowsMarks => CanChat && Reach.System;

    /// <summary>Tokens that a tool takes of the prompt.</summary>
    public int CostOf(AITool tool) => Reach.Tools ? Count(ToolCard.Text(tool)) : 0;

    /// <summary>Tokens of a text by itself.</summary>
    public int Count(string text) => Tokenizer is { } tokenizer ? tokenizer.Encode(text, addSpecialTokens: false).Length : (Encoding.UTF8.GetByteCount(text) + 3) / 4;
}
