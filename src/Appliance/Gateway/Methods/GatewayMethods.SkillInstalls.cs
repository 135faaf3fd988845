using System.Buffers.Text;
using Appliance.Gateway.Identity;
using Appliance.Gateway.Protocol;
using Models.Egress;
using Runtime.Approvals;
using Runtime.Skills;
using Runtime.Skills.Installing;

namespace Appliance.Gateway.Methods;

// Skills from elsewhere: sent in pieces or fetched, put into quarantine, looked at, and installed when a person has read what was found.
internal sealed partial class GatewayMethods
{
    private const int LargestPiece = 4 << 20;

    private SkillUploads? _uploads;

    private IEnumerable<GatewayMethod> SkillInstalls =>
    [
        GatewayMethod.Of("skills.upload.begin", Scope.Admin, call =>
        {
            if (call.Params.OptionalWord("kind", "skill-archive") is null) throw call.Params.Fault("must have required property 'kind'");
            var size = call.Params.OptionalNumber("sizeBytes", 1) ?? throw call.Params.Fault("must have required property 'sizeBytes'");
            var (slug, hash) = (call.Params.Text("slug", 64), call.Params.OptionalText("sha256", 64));
            return UploadPayload(Try(() => Uploads.Begin(slug, size, hash)));
        }),
        GatewayMethod.Of("skills.upload.chunk", Scope.Admin, call =>
        {
            var (id, offset, text) = (call.Params.Text("uploadId"), call.Params.OptionalNumber("offset") ?? 0, call.Params.Text("dataBase64", (LargestPiece / 3 * 4) + 8));
            var bytes = new byte[Base64.GetMaxDecodedFromUtf8Length(text.Length)];
            if (!Convert.TryFromBase64String(text, bytes, out var length)) throw call.Params.Fault("at /dataBase64: must be base64");
            return UploadPayload(Try(() => Uploads.Append(id, offset, bytes.AsSpan(0, length))));
        }),
        GatewayMethod.Of("skills.upload.commit", Scope.Admin, call =>
        {
            var (id, hash) = (call.Params.Text("uploadId"), call.Params.OptionalText("sha256", 64));
            return UploadPayload(Try(() => Uploads.Commit(id, hash)));
        }),
        new GatewayMethod("skills.install", Scope.Admin, InstallSkillAsync),
    ];

    private SkillUploads Uploads => LazyInitializer.EnsureInitialized(ref _uploads, () => new SkillUploads(_context.Agents.Default.Skills, _context.Time));

    /// <summary>From an upload, or from an address (https:, git:); there is no registry here, and nothing a skill wants to have installed is.</summary>
    private async Task<byte[]?> InstallSkillAsync(GatewayCall call)
    {
        var source = call.Params.OptionalText("source", 2048) ?? throw GatewayException.Unavailable("Programs that a skill needs are not installed by this gateway. Install them on the box.");
        if (source == "clawhub") throw NoRegistry();
        if (source != "upload") return Installed(await InstallAsync(call, source, source, call.Params.OptionalText("slug", 64), call.Params.OptionalFlag("force") == true));
        var (id, slug) = (call.Params.Text("uploadId"), call.Params.Text("slug", 64));
        var (upload, file) = Try(() => Uploads.Take(id));
        if (upload.Slug != slug) throw GatewayException.Invalid("install slug does not match upload slug");
        if (call.Params.OptionalText("sha256", 64) is { } hash && !hash.Equals(upload.Sha256, StringComparison.OrdinalIgnoreCase)) throw GatewayException.Invalid("install sha256 does not match uploaded archive");
        var skill = await InstallAsync(call, file, $"upload:{upload.Sha256}", slug, call.Params.OptionalFlag("force") == true);
        Uploads.Remove(id);
        return Installed(skill);
    }

    /// <summary>Fetches a skill that was installed from an address again, and installs what is there now, where it is another.</summary>
    private async Task<Skill> UpdateFromSourceAsync(GatewayCall call, Skill skill) =>
        skill.Pin?.Source is { } source && IsAddress(source) ? await InstallAsync(call, source, source, skill.Name, force: true) : throw GatewayException.Unavailable($"{skill.Name} did not come from an address, so nothing newer can be looked for.");

    private async Task<Skill> InstallAsync(GatewayCall call, string source, string from, string? slug, bool force)
    {
        // A client names no files of this box.
        if (from == source && !IsAddress(source)) throw GatewayException.Invalid("a skill is installed from https://ADDRESS, git:https://ADDRESS or an upload");
        using var door = new EgressDoor(_context.Egress);
        var (book, installer) = (_context.Agents.Default.Skills, new SkillInstaller(_context.Agents.Default.Skills, door));
        using var staged = await installer.StageAsync(source, call.Connection.Gone, from);
        var (review, name) = (staged.Review, staged.Review.Manifest.Name);
        if (slug is not null && slug != name) throw GatewayException.Invalid($"the skill in it is {name}, not {Cut(slug, 64)}");
        if (Directory.Exists(staged.Target) && !force) throw GatewayException.Invalid($"{name} is installed already; force replaces it");
        if (book.Find(name)?.Pin is { } pin && pin.Hash == review.Hash && book.Find(name)!.Problem is null) return book.Find(name)!;
        var asked = new ApprovalRequest("plugin", DisplayText.Escape(string.Join('\n', review.Lines().Select(line => $"{line.Label}: {line.Text}"))))
        {
            Title = Cut($"Install the skill {name}", 80),
            Warning = Cut($"From {from}. {(review.Findings.Count == 0 ? "Nothing in it stands out." : $"To look at: {string.Join(" ", review.Findings)}")}", 500),
            Tool = "skills.install",
            Agent = _context.Agents.Default.Id,
            Lifetime = TimeSpan.FromMilliseconds(call.Params.OptionalNumber("timeoutMs", 1000, 3600 * 1000) ?? 600_000),
        };
        var approval = await _context.Approvals.AskAsync(asked, call.Connection.Gone);
        if (!approval.IsAllowed) throw GatewayException.Unavailable($"{name} was not installed: {(approval.Reason == "no-route" ? "nobody is connected who could read what is in it and say yes" : "nobody said yes to it")}.");
        var skill = installer.Install(staged, _context.Now);
        Audit($"{Who(call)} installed the skill {name} from {from}, {review.Hash}");
        return skill;
    }

    private static bool IsAddress(string source) => source.StartsWith("git:", StringComparison.Ordinal) || source.StartsWith("https://", StringComparison.Ordinal) || source.StartsWith("http://", StringComparison.Ordinal);

    private static GatewayException NoRegistry() => GatewayException.Unavailable("This gateway has no registry of skills. Name an address (https://, git:), or send an archive.");

    private static T Try<T>(Func<T> work)
    {
        try { return work(); }
        catch (SkillException e) { throw GatewayException.Invalid(e.Message); }
    }

    private static byte[] Installed(Skill skill) => FrameWriter.Payload(to => to
        .Add("ok", true).Add("message", $"Installed {skill.Name}: {skill.WhyNot ?? "ready"}").Add("stdout", "").Add("stderr", "").Add("code", 0)
        .Add("slug", skill.Name).Add("version", skill.Manifest?.Version).Add("targetDir", skill.Folder));

    private static byte[] UploadPayload(SkillUpload upload) => FrameWriter.Payload(to => to
        .Add("uploadId", upload.Id).Add("receivedBytes", upload.Received).Add("sizeBytes", upload.Size).Add("expiresAt", upload.ExpiresAtMs)
        .Add("committed", upload.Sha256 is not null).Add("sha256", upload.Sha256));
}
