using Appliance.Config;
using Appliance.Config.Secrets;
using Appliance.Config.Sections;
using Microsoft.Extensions.AI;
using Models;
using Models.Egress;
using Models.Generation;
using Models.Providers;
using Models.Routing;
using Models.Routing.Execution;
using Models.Routing.Spending;
using Models.Store;

namespace Appliance.Hosting;

/// <summary>
/// The router as it is configured: made when the first model elsewhere is named, and told of every change from then on. Safe for several
/// threads.
/// </summary>
internal sealed class ConfiguredRouter : IDisposable
{
    private readonly Lock _lock = new();
    private readonly IModelHost _models;
    private readonly ConfigStore _config;
    private readonly EgressPolicy _policy;
    private readonly TimeProvider _time;
    private readonly Func<string, string, bool> _mayUse;
    private readonly Action<string> _tell;
    private EgressDoor? _door;
    private ModelRouter? _router;
    private RouteLog? _log;
    private IReadOnlyList<RoutedTarget> _remote = [];
    private string? _local;

    /// <summary>A router over the models of this box.</summary>
    /// <param name="models">They.</param>
    /// <param name="config">What is configured.</param>
    /// <param name="policy">The rules of the way out.</param>
    /// <param name="time">The clock.</param>
    /// <param name="mayUse">True where a person may use a target.</param>
    /// <param name="tell">Hears what its owner should know, in a sentence.</param>
    public ConfiguredRouter(IModelHost models, ConfigStore config, EgressPolicy policy, TimeProvider time, Func<string, string, bool> mayUse, Action<string> tell)
    {
        (_models, _config, _policy, _time, _mayUse, _tell) = (models, config, policy, time, mayUse, tell);
        _config.Changed += Apply;
    }

    /// <summary>What this machine gives to models of its own just now.</summary>
    public Func<LocalPower> Power { get; init; } = () => LocalPower.Whole;

    /// <summary>True where another program of this machine answers, such as Ollama.</summary>
    public bool SharesMachine => _remote.Any(target => target.Target.SharesMachine);

    /// <summary>The targets elsewhere by their names.</summary>
    public IReadOnlyDictionary<string, TargetConfig> Targets => _config.Config.Models.Targets;

    /// <summary>The router; null where no model elsewhere is named.</summary>
    /// <exception cref="ModelException">What was spent cannot be read, so that nothing may be.</exception>
    public ModelRouter? Get()
    {
        if (Targets.Count == 0) return null;
        lock (_lock)
        {
            if (_router is null)
            {
                _door = new EgressDoor(_policy);
                _log = new RouteLog(_config.Home);
                var ledger = new BudgetLedger(new BudgetRules(), _time, Path.Combine(_config.Home, "router", "spending.jsonl"), _tell);
                _router = new ModelRouter(ledger, _time) { IsOffline = () => _policy.Offline, MayUse = _mayUse, Recorded = _log.Write, Power = () => Power() };
                Configure(_config.Config);
            }
            // A model that was installed, or taken away, meanwhile.
            else if (LocalModel(_models.Store) is var local && local?.Folder != _local) Publish(local);
            return _router;
        }
    }

    /// <summary>
    /// The model of this box that answers where none is named; null where there is none. The built-in one is for boxes that have nothing else:
    /// where models elsewhere are named, it answers when it is asked for by name.
    /// </summary>
    public static InstalledModel? LocalModel(ModelStore store)
    {
        try { return store.Get(null) is { Manifest.Name: not BuiltInModel.Name } model ? model : null; }
        catch (ModelException) { return null; }
    }

    /// <summary>A model of this box as a target. How good it is is taken from its size.</summary>
    public static Target ToTarget(ModelManifest manifest) => new(manifest.Name)
    {
        IsLocal = true,
        Window = manifest.ContextLength,
        Quality = manifest.Parameters switch { < 1_000_000_000 => 0.3, < 4_000_000_000 => 0.4, < 10_000_000_000 => 0.5, _ => 0.6 },
    };

    /// <summary>Closes what is open.</summary>
    public void Dispose()
    {
        _config.Changed -= Apply;
        lock (_lock)
        {
            _router?.Ledger.Dispose();
            _log?.Dispose();
            _door?.Dispose();
        }
    }

    private void Apply(ConfigChange change)
    {
        lock (_lock)
        {
            if (_router is null) return;
            Configure(change.After.Config);
            foreach (var name in change.Paths.Select(path => path.Steps is ["models", "targets", var target, ..] ? target : null).OfType<string>().Distinct()) _router.Forget(name);
        }
    }

    private void Configure(ApplianceConfig config)
    {
        _router!.Policy = config.Router.ToPolicy();
        _router.Classifier = new(config.Router.ToClasses());
        _router.Ledger.Rules = BudgetConfig.Rules(config.Router.Budget);
        _remote = [.. config.Models.Targets.Select(target => ToTarget(target.Key, target.Value))];
        Publish(LocalModel(_models.Store));
    }

    private void Publish(InstalledModel? local)
    {
        _local = local?.Folder;
        _router!.Targets = local is null ? _remote : [new LocalTarget(ToTarget(local.Manifest), local, _models).ToRouted(), .. _remote];
    }

    private RoutedTarget ToTarget(string name, TargetConfig config)
    {
        var target = config.ToTarget(name);
        var setting = $"models.targets.{name}.key";
        var keys = new KeyRing([.. config.AllKeys().Select(key => (Func<string>)(() => SecretResolver.Resolve(key, setting, _config.Home)))], _time);
        var client = new ProviderChatClient(config.Wire, new Upstream(name, new Uri(config.Url), config.Model, target.Window), keys, _door!);
        return new RoutedTarget(target, _ => Task.FromResult<IChatClient>(client)) { Address = new Uri(config.Url).Authority };
    }
}
