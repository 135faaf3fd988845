using System.Text.Json.Serialization;
using Runtime.Sandbox;

namespace Appliance.Config.Sections;

/// <summary>Section <c>exec</c>: what holds the agents' commands back. Immutable.</summary>
internal sealed record ExecConfig(
    [property: Setting("auto (bubblewrap, or Landlock), or docker (containers of the Docker engine of this machine); auto by default.", Hot = true)]
    SandboxChoice? Sandbox = null,
    [property: Setting("The image of these containers by its digest, as debian@sha256:…; its programs run. It must be there: nothing is pulled.", Hot = true)]
    string? Image = null)
{
    // The last one that was asked for: it remembers that its engine answered.
    private static volatile DockerSandbox? _docker;

    /// <summary>The containers, where they are wanted.</summary>
    public DockerSandbox? ToDocker()
    {
        if (Sandbox != SandboxChoice.Docker) return null;
        var last = _docker;
        return last?.Image == (Image ?? "") ? last : _docker = new DockerSandbox(Image ?? "");
    }
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
