using System.Diagnostics;
using System.Text.Json;
using Microsoft.Extensions.AI;
using Models.Generation;

namespace Appliance.Http.Ollama;

/// <summary>POST /api/generate.</summary>
internal sealed class OllamaGenerate(ModelDoor models)
{
    /// <summary>
    /// Answers one prompt, as a stream of lines unless asked not to; no prompt only loads the model. The prompt goes through the model's
    /// chat template, unless the request says raw or the model has none: Ollama's default template is the prompt itself.
    /// </summary>
    public async Task HandleAsync(HttpContext context, CancellationToken cancellation)
    {
        var started = Stopwatch.GetTimestamp();
        var request = await JsonBody.ReadAsync(context, OllamaJson.Wire.GenerateRequest, cancellation);
        RequireSupported(request);
        var options = (request.Options ?? new()).ToOptions();
        var format = request.ToResponseFormat();
        if (format is not null && request.Raw == true) throw ApiException.BadRequest("format needs raw to be false.", "format");

        var keepAlive = request.ToKeepAlive();
        var chosen = models.Find(context, request.RequireSupported());
        if (chosen.IsRouted && request.Raw == true) throw ApiException.NotSupported("raw", "raw needs a model of this box: those elsewhere have templates of their own.");
        if (string.IsNullOrEmpty(request.Prompt))
        {
            await SendAsync(await OllamaAnswers.LoadAsync(models.Models, chosen, keepAlive, cancellation));
            return;
        }
        IReadOnlyList<AIContent> pictures = [.. OllamaRequest.ToPictures(request.Images, "images")];
        if (chosen.IsRouted || pictures.Count > 0)
        {
            await SendAsync(await ChatAsync(chosen, request, pictures, options, format, cancellation));
            return;
        }

        var model = await models.Models.LoadAsync(chosen.Name, cancellation);
        if (format is not null && model.ChatTemplate is null)
            throw ApiException.BadRequest($"format needs a chat template, which {model.Name} does not have; use /api/chat.", "format");
        await SendAsync(request.Raw == true || model.ChatTemplate is null
            ? Complete(model, request, options, cancellation)
            : await ChatAsync(chosen, request, pictures, options, format, cancellation));

        Task SendAsync(IAsyncEnumerable<AnswerPiece> pieces) => OllamaAnswers.SendAsync(
            context, request.Stream != false, started, OllamaAnswers.KeepAsync(models.Models, chosen.Name, keepAlive, pieces),
            (message, who, done) => new GenerateAnswer(who ?? chosen.Name, DateTime.UtcNow, message.Content, message.Thinking, done), OllamaJson.Wire.GenerateAnswer);
    }

    private static void RequireSupported(GenerateRequest request)
    {
        if (!string.IsNullOrEmpty(request.Suffix)) throw ApiException.NotSupported("suffix", "suffix is not supported.");
        if (!string.IsNullOrEmpty(request.Template)) throw ApiException.NotSupported("template", "template is not supported: the model's own is used.");
        if (request.Context is { ValueKind: JsonValueKind.Array } context && context.GetArrayLength() > 0)
            throw ApiException.NotSupported("context", "context is not supported: send the conversation to /api/chat.");
    }

    private static IAsyncEnumerable<AnswerPiece> Complete(
        ILanguageModel model, GenerateRequest request, GenerationOptions options, CancellationToken cancellation)
    {
        var text = string.IsNullOrEmpty(request.System) || request.Raw == true ? request.Prompt! : $"{request.System}\n\n{request.Prompt}";
        return AnswerPiece.FromModel(model.GenerateAsync(model.Tokenizer.Encode(text), options, cancellation), cancellation);
    }

    private async Task<IAsyncEnumerable<AnswerPiece>> ChatAsync(
        ChosenModel model, GenerateRequest request, IReadOnlyList<AIContent> pictures, GenerationOptions generation, ChatResponseFormat? format, CancellationToken cancellation)
    {
        var messages = new List<ChatMessage>();
        if (!string.IsNullOrEmpty(request.System)) messages.Add(new(ChatRole.System, request.System));
        messages.Add(new(ChatRole.User, [new TextContent(request.Prompt), .. pictures]));
        var options = LocalChatClient.ToChatOptions(generation);
        options.ResponseFormat = format;
        return await models.AskAsync(model, messages, options, cancellation);
    }
}
