using System.Collections.ObjectModel;
using System.Text.Json.Serialization;
using Appliance.Config.Sections;

namespace Appliance.Config;

/// <summary>
/// Everything that can be set, one record a section (<c>Sections/</c>). To add a setting, add a parameter with a default and a
/// <see cref="SettingAttribute"/> to its section (a secret is a property without a default instead: the schema exporter loses sight of
/// optional parameters whose type has a converter); to add a section, add a record and its two lines here. Immutable.
/// </summary>
internal sealed record ApplianceConfig(
    GatewayConfig? Gateway = null, ModelsConfig? Models = null, HooksConfig? Hooks = null, IReadOnlyDictionary<string, AgentConfig>? Agents = null,
    IReadOnlyDictionary<string, PersonConfig>? People = null, IReadOnlyDictionary<string, RoleConfig>? Roles = null,
    HeartbeatConfig? Heartbeat = null, RouterConfig? Router = null, NetworkConfig? Network = null, ToolsConfig? Tools = null, MemoryConfig? Memory = null, McpConfig? Mcp = null, IReadOnlyList<BindingConfig>? Bindings = null, ExecConfig? Exec = null, ChannelsConfig? Channels = null, HardwareConfig? Hardware = null, ReflexesConfig? Reflexes = null, SessionsConfig? Sessions = null, PowerConfig? Power = null, BackupConfig? Backup = null, DiscoveryConfig? Discovery = null)
{
    [Setting("Where the server listens, and who may come in.")]
    public GatewayConfig Gateway { get; init; } = Gateway ?? new();

    [Setting("Which model answers, how long it stays in memory, and models elsewhere.")]
    public ModelsConfig Models { get; init; } = Models ?? new();

    [Setting("Programs elsewhere that may begin turns.")]
    public HooksConfig Hooks { get; init; } = Hooks ?? new();

    [Setting("Agents by their ids, each with a workspace and sessions of its own; main is there without it.", Hot = true)]
    public IReadOnlyDictionary<string, AgentConfig> Agents { get; init; } = Agents ?? ReadOnlyDictionary<string, AgentConfig>.Empty;

    [Setting("Who may use this box beside its owner, by their ids.", Hot = true)]
    public IReadOnlyDictionary<string, PersonConfig> People { get; init; } = People ?? ReadOnlyDictionary<string, PersonConfig>.Empty;

    [Setting("What people may use, by the names of their roles; guest and member are there without it, and can be set otherwise here.", Hot = true)]
    public IReadOnlyDictionary<string, RoleConfig> Roles { get; init; } = Roles ?? ReadOnlyDictionary<string, RoleConfig>.Empty;

    [Setting("What agents do by themselves.")]
    public HeartbeatConfig Heartbeat { get; init; } = Heartbeat ?? new();

    [Setting("What becomes of conversations.")]
    public SessionsConfig Sessions { get; init; } = Sessions ?? new();

    [Setting("What becomes of agents' notes.")]
    public MemoryConfig Memory { get; init; } = Memory ?? new();

    [Setting("Who answers where models elsewhere are named under models.targets.")]
    public RouterConfig Router { get; init; } = Router ?? new();

    [Setting("What may leave this machine.")]
    public NetworkConfig Network { get; init; } = Network ?? new();

    [Setting("How this gateway is found.")]
    public DiscoveryConfig Discovery { get; init; } = Discovery ?? new();

    [Setting("What tools of agents work with.")]
    public ToolsConfig Tools { get; init; } = Tools ?? new();

    [Setting("Servers of the Model Context Protocol.")]
    public McpConfig Mcp { get; init; } = Mcp ?? new();

    [Setting("What goes to which agent, beside what names one itself: the narrowest that fits counts.", Hot = true)]
    public IReadOnlyList<BindingConfig> Bindings { get; init; } = Bindings ?? [];

    [Setting("Ways to people beside the gateway's own clients.")]
    public ChannelsConfig Channels { get; init; } = Channels ?? new();

    [Setting("What is answered without a model.", Hot = true)]
    public ReflexesConfig Reflexes { get; init; } = Reflexes ?? new();

    [Setting("Backups that are made by themselves.")]
    public BackupConfig Backup { get; init; } = Backup ?? new();

    [Setting("What holds the agents' commands back.", Hot = true)]
    public ExecConfig Exec { get; init; } = Exec ?? new();

    [Setting("What is wired to this box and may be used.")]
    public HardwareConfig Hardware { get; init; } = Hardware ?? new();

    [Setting("When the machine is spared: heat and battery.")]
    public PowerConfig Power { get; init; } = Power ?? new();
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(ApplianceConfig))]
internal sealed partial class ConfigJson : JsonSerializerContext;
