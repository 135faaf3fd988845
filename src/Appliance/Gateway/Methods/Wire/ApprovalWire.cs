using Appliance.Gateway.Protocol;

namespace Appliance.Gateway.Methods.Wire;

// What the methods about approvals send.

internal sealed record ExecApprovals(string Path, string Hash, ExecApprovalFile File, ExecDefaults ResolvedDefaults) : IPayload
{
    public bool Exists { get; }

    public void Write(PayloadWriter to) => to
        .Add("path", Path).Add("hash", Hash).Add("file", File).Add("resolvedDefaults", ResolvedDefaults).Add("exists", Exists);
}

internal sealed record ExecApprovalFile(int Version) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("version", Version).Empty("defaults").Empty("agents");
}

/// <summary>No command is run at all yet: everything is denied.</summary>
internal sealed record ExecDefaults(string Security, string Ask, string AskFallback, bool AutoAllowSkills) : IPayload
{
    public void Write(PayloadWriter to) => to
        .Add("security", Security).Add("ask", Ask).Add("askFallback", AskFallback).Add("autoAllowSkills", AutoAllowSkills);
}
