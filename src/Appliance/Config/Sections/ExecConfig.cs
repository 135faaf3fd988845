using System.Text.Json.Serialization;
using Runtime.Sandbox;

namespace Appliance.Config.Sections;

/// <summary>Section <c>exec</c>: what holds the agents' commands back. Immutable.</summary>
internal sealed record ExecConfig(
    [property: Setting("What commands run in: auto for bubblewrap or Landlock, docker for containers of the Docker engine of this machine.", Hot = true)]
    SandboxChoice Sandbox = SandboxChoice.Auto,
    [property: Setting("The image of these containers by its digest, as debian@sha256:…; its programs run. It must be there: nothing is pulled.", Hot = true)]
    string? Image = null)
{
    private readonly Lazy<DockerSandbox> _docker = new(() => new DockerSandbox(Image ?? ""));

    /// <summary>The containers, where they are wanted.</summary>
    public DockerSandbox? ToDocker() => Sandbox == SandboxChoice.Docker ? _docker.Value : null;
}

/// <summary>What commands run in.</summary>
internal enum SandboxChoice
{
    /// <summary>The best that this machine's kernel offers.</summary>
    [JsonStringEnumMemberName("auto")]
    Auto,

    /// <summary>Containers.</summary>
    [JsonStringEnumMemberName("docker")]
    Docker,
}
