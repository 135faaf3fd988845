using System.Security.Cryptography;
using System.Text;
using Appliance.Gateway;
using Appliance.Gateway.Identity;
using Appliance.Gateway.Identity.People;
using Appliance.Hosting;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.AI;
using Models.Generation;
using Models.Routing.Classifying;
using Models.Routing.Execution;
using Models.Store;

namespace Appliance.Http;

/// <summary>
/// Which model a request means, whatever its wire: one of this box by its name, and where models elsewhere are configured (<c>models.targets</c>) one
/// of these by its name, or whoever the router decides for: by the same classes, rules, budgets and records as the agent's turns. Safe for several
/// threads.
/// </summary>
/// <param name="models">The models of this box.</param>
/// <param name="gateway">Whose router it is; made when the first request is routed.</param>
/// <param name="options">What is configured, and the model for requests that name none.</param>
internal sealed class ModelDoor(IModelHost models, Lazy<GatewayHost> gateway, ServerOptions options)
{
    // What records and rules call these programs' way in.
    private const string Channel = "http";

    // Conversations are known again by how they begin, without that anything could be guessed from what is written down.
    private static readonly byte[] Salt = RandomNumberGenerator.GetBytes(16);

    /// <summary>The models of this box.</summary>
    public IModelHost Models => models;

    /// <summary>Names, beside those of this box's models, that a request may ask for: none without models elsewhere.</summary>
    public IReadOnlyList<string> Elsewhere => Targets is { Count: > 0 } targets ? [RoutedModels.Auto, .. targets.Keys] : [];

    private IReadOnlyDictionary<string, Config.Sections.TargetConfig>? Targets => options.Config?.Config.Models.Targets;

    /// <summary>The model that a request means.</summary>
    /// <param name="context">The request.</param>
    /// <param name="asked">The name in it; nothing leaves it to the box.</param>
    /// <exception cref="StoreException">There is none of that name.</exception>
    /// <exception cref="ApiException">403: not for whoever asks.</exception>
    public ChosenModel Find(HttpContext context, string? asked)
    {
        var name = string.IsNullOrEmpty(asked) ? options.Model : asked;
        var isOpen = RoutedModels.IsOpen(name, out _);
        var isRouted = Targets is { Count: > 0 } targets && (isOpen || targets.ContainsKey(name!));
        if (!isRouted) name = models.Store.Get(isOpen ? null : name).Manifest.Name;
        // Whom the router may decide for, it asks itself.
        if (!isRouted || !isOpen) context.RequireModel(name!);
        return new ChosenModel(name ?? RoutedModels.Auto, isRouted ? context.Features.GetRequiredFeature<Principal>() : null);
    }

    /// <summary>Asks a model.</summary>
    /// <exception cref="ApiException">400: a picture, for a model of this box.</exception>
    public async Task<IAsyncEnumerable<AnswerPiece>> AskAsync(ChosenModel model, IReadOnlyList<ChatMessage> messages, ChatOptions options, CancellationToken cancellation)
    {
        if (!model.IsRouted && messages.SelectMany(m => m.Contents).OfType<SentPicture>().FirstOrDefault() is { } picture)
            throw ApiException.NotSupported(picture.At, $"{picture.At} is a picture, and {model.Name} reads text only. Models elsewhere may look at pictures: a target under models.targets with images and data: [\"personal\"], asked for by its name or as auto.");
        var client = await (model.Caller is null ? models : gateway.Value.Models).GetChatClientAsync(model.Name, cancellation);
        if (model.Caller is not null) (options.AdditionalProperties ??= [])[ChatOptionKeys.Source] = SourceOf(model.Caller, messages, options);
        return AnswerPiece.FromChat(client.GetStreamingResponseAsync(messages, options, cancellation), cancellation);
    }

    /// <summary>Tokens of the prompt that these would make: by the model's own template and tokenizer, or about, where the router decides.</summary>
    public async Task<int> CountAsync(ChosenModel model, IReadOnlyList<ChatMessage> messages, ChatOptions options, CancellationToken cancellation) => model.Caller is null
        ? new LocalChatClient(await models.LoadAsync(model.Name, cancellation)).CountTokens(messages, options)
        : (await gateway.Value.Models.GetChatClientAsync(model.Name, cancellation)).GetService<ModelRouter>() is { } router
            ? router.Explain(messages, options, SourceOf(model.Caller, messages, options)).Decision.Request.Turn.Tokens
            : 0;

    private static TurnSource SourceOf(Principal caller, IReadOnlyList<ChatMessage> messages, ChatOptions options) => new()
    {
        Person = caller.PersonId == Person.OwnerId ? null : caller.PersonId,
        Channel = Channel,
        Conversation = KeyOf(caller, messages, options),
        IsWhole = true,
        TryHarder = messages is [.., { Role: var role } last] && role == ChatRole.User && TurnSource.AsksForMore(last.Text),
    };

    // Up to what its user says first: a conversation that goes on begins as it did.
    private static string KeyOf(Principal caller, IReadOnlyList<ChatMessage> messages, ChatOptions options)
    {
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Salt);
        Add(caller.Caller);
        Add(options.Instructions ?? "");
        foreach (var message in messages)
        {
            Add(message.Text);
            if (message.Role == ChatRole.User) break;
        }
        return $"{Channel}:{Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 12))}";

        void Add(string text) => hash.AppendData([.. Encoding.UTF8.GetBytes(text), 0]);
    }
}

/// <summary>The model that a request means. Immutable.</summary>
/// <param name="Name">Its name, or <c>auto</c>, or <c>router:</c> with a profile.</param>
/// <param name="Caller">Whoever asks, where the router answers; null for a model of this box.</param>
internal sealed record ChosenModel(string Name, Principal? Caller)
{
    /// <summary>True where the router answers: prompts are questions then, for models elsewhere take nothing else.</summary>
    public bool IsRouted => Caller is not null;
}
