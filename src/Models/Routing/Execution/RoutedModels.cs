using Microsoft.Extensions.AI;
using Models.Budget;
using Models.Embedding;
using Models.Generation;
using Models.Store;

namespace Models.Routing.Execution;

/// <summary>
/// Models of this box and elsewhere as one: who names none is answered by whoever the router decides for, who names a target by that
/// target where it may, and who names a model of this box by that model. <c>router:fast</c> says what matters most. Safe for several threads.
/// </summary>
/// <param name="inner">The models of this box.</param>
/// <param name="router">The router of now; null where no model elsewhere is named.</param>
public sealed class RoutedModels(IModelHost inner, Func<ModelRouter?> router) : IModelHost
{
    /// <summary>The name that leaves it to the router, for those that must name one.</summary>
    public const string Auto = "auto";

    private const string WithProfile = "router:";

    /// <inheritdoc/>
    public ModelStore Store => inner.Store;

    /// <inheritdoc/>
    public EncoderHost Encoders => inner.Encoders;

    /// <inheritdoc/>
    public IReadOnlyList<LoadedModel> Loaded => inner.Loaded;

    /// <inheritdoc/>
    public GenerationTotals Totals => inner.Totals;

    /// <inheritdoc/>
    public bool HasLoaded(string name) => inner.HasLoaded(name);

    /// <inheritdoc/>
    public Task<ILanguageModel> LoadAsync(string? name, CancellationToken cancellation = default) => inner.LoadAsync(name, cancellation);

    /// <inheritdoc/>
    public ILanguageModel? FindLoaded(InstalledModel model) => inner.FindLoaded(model);

    /// <inheritdoc/>
    public ModelRoom RoomFor(InstalledModel model) => inner.RoomFor(model);

    /// <inheritdoc/>
    public void SetKeepAlive(string name, TimeSpan time) => inner.SetKeepAlive(name, time);

    /// <summary>True for a name that leaves it to the router: none, <c>auto</c>, or <c>router:</c> with a profile.</summary>
    /// <param name="name">The name that was asked for, or null.</param>
    /// <param name="profile">The profile in it, or null.</param>
    public static bool IsOpen(string? name, out RoutingProfile? profile)
    {
        profile = null;
        if (name is null or Auto) return true;
        if (!name.StartsWith(WithProfile, StringComparison.Ordinal)) return false;
        foreach (var known in Enum.GetValues<RoutingProfile>())
            if (name.AsSpan(WithProfile.Length).SequenceEqual(RoutingWords.Of(known))) profile = known;
        return profile is not null;
    }

    /// <inheritdoc/>
    public Task<IChatClient> GetChatClientAsync(string? name, CancellationToken cancellation = default)
    {
        var isOpen = IsOpen(name, out var profile);
        if (router() is not { } decides) return inner.GetChatClientAsync(isOpen ? null : name, cancellation);
        if (isOpen) return Task.FromResult(decides.CreateClient(null, profile));
        return decides.Targets.Any(t => !t.Target.IsLocal && t.Target.Name == name) ? Task.FromResult(decides.CreateClient(name)) : inner.GetChatClientAsync(name, cancellation);
    }
}
