using Microsoft.Extensions.AI;
using Models.Generation;
using Models.Store;
using Models.Tokens;

namespace Models.Routing.Execution;

/// <summary>
/// A model of this box as a target: what the memory leaves it, and what a conversation is in its own tokens. Its tokenizer is the loaded model's, or is
/// read from its folder where it matters and kept until the model is loaded. Safe for several threads.
/// </summary>
/// <param name="target">Who it is.</param>
/// <param name="model">What is installed.</param>
/// <param name="host">Where it is loaded.</param>
public sealed class LocalTarget(Target target, InstalledModel model, IModelHost host)
{
    private (Tokenizer Tokenizer, ChatTemplate? Template)? _read;
    private readonly Lock _lock = new();

    /// <summary>As the router takes it.</summary>
    public RoutedTarget ToRouted() => new(target, cancellation => host.GetChatClientAsync(model.Manifest.Name, cancellation))
    {
        Room = () => host.RoomFor(model),
        Count = Count,
    };

    private int? Count(IReadOnlyList<ChatMessage> messages, ChatOptions? options, bool matters)
    {
        try
        {
            if (host.FindLoaded(model) is { } loaded)
            {
                lock (_lock) _read = null;
                return Count(loaded.Tokenizer, loaded.ChatTemplate);
            }
            if (!matters) return null;
            (Tokenizer Tokenizer, ChatTemplate? Template) read;
            lock (_lock) read = _read ??= (Tokenizer.FromFolder(model.Folder), ChatTemplate.FromFolder(model.Folder));
            return Count(read.Tokenizer, read.Template);
        }
        catch (ModelException)
        {
            // What its template does not take, or what is wrong with its files, is said when it is asked.
            return null;
        }

        int Count(Tokenizer tokenizer, ChatTemplate? template) =>
            tokenizer.Encode(ChatPrompt.Render(template, tokenizer, messages, LocalChatClient.ToTools(options), options), addSpecialTokens: template is null).Length;
    }
}
