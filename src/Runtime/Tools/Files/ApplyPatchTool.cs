using Runtime.Tools.Policy;

namespace Runtime.Tools.Files;

/// <summary>Changes several files at once. Everything is checked before anything is written.</summary>
internal sealed class ApplyPatchTool() : Tool(
    "apply_patch", "Change files: *** Begin Patch, *** Add|Update|Delete File: P, @@ hunks, *** End Patch",
    """{"type":"object","properties":{"patch":{"type":"string"}},"required":["patch"]}""")
{
    public override ToolEffect Effect => ToolEffect.Writes;

    public override ToolProfile Profile => ToolProfile.Assistant;

    public override bool ReturnsData => false;

    public override ToolEffect EffectOf(ToolArguments arguments, ToolContext context) => WriteEffect.Of(context, FilePatch.Parse(arguments.Text("patch")).SelectMany(p => p.MoveTo is { } to ? [p.Path, to] : (string[])[p.Path]));

    public override Task<ToolResult> RunAsync(ToolArguments arguments, ToolContext context, CancellationToken cancellation)
    {
        var changes = FilePatch.Parse(arguments.Text("patch"));
        var files = context.Files;
        var writes = new List<(string Path, byte[] Content)>();
        var deletes = new List<string>();
        foreach (var change in changes)
        {
            switch (change.Kind)
            {
                case FilePatchKind.Add when files.Exists(change.Path):
                    throw new ToolException($"{change.Path} is there already; update it instead.");
                case FilePatchKind.Add:
                    writes.Add((change.Path, FileText.Bytes(change.Added)));
                    break;
                case FilePatchKind.Delete:
                    if (!files.Exists(change.Path)) throw new ToolException($"There is no {change.Path}.");
                    deletes.Add(change.Path);
                    break;
                default:
                    writes.Add((change.MoveTo ?? change.Path, FileText.Bytes(change.Apply(FileText.Of(change.Path, files.ReadAll(change.Path))))));
                    if (change.MoveTo is not null) deletes.Add(change.Path);
                    break;
            }
        }
        foreach (var path in writes.Select(w => w.Path).Concat(deletes).Select(files.Locate).Where(p => !p.Folder.IsWritable))
            throw new ToolException($"{path.Shown} lies in a folder that is only to be read.");
        foreach (var (path, content) in writes) files.Write(path, content);
        foreach (var path in deletes) files.Delete(path);
        return Task.FromResult(new ToolResult($"Changed {string.Join(", ", changes.Select(c => c.MoveTo ?? c.Path))}."));
    }
}
