using Appliance.Config;
using Appliance.Config.Sections;
using Appliance.Update.Manifests;
using Appliance.Update.Sources;
using Models.Egress;
using Models.Import;
using Models.Store;
using Runtime.Agents;
using Runtime.Skills.Installing;

namespace Appliance.Update;

/// <summary>Models and skills of a bundle, each through the door that everything of its kind comes by.</summary>
/// <param name="home">The home folder they go into, by whose owner this is run.</param>
/// <param name="source">Where they lie.</param>
/// <param name="progress">How far it is.</param>
/// <param name="tell">Hears what was installed.</param>
internal sealed class BundleContent(string home, UpdateSource source, IProgress<PullProgress>? progress, Action<string> tell)
{
    private const string Beginning = ".update-";

    /// <summary>True where a release has any.</summary>
    public static bool IsIn(UpdateManifest manifest) => manifest.Files.Any(file => file.Role is "model" or "skill");

    /// <summary>Installs all of it. What is there by the same name is replaced.</summary>
    /// <exception cref="Models.ModelException">One of it cannot be installed; those before it are.</exception>
    public async Task InstallAsync(UpdateManifest manifest, CancellationToken cancellation)
    {
        foreach (var left in Directory.Exists(home) ? Directory.GetDirectories(home, Beginning + "*") : []) Disk.Delete(left);
        foreach (var model in manifest.Files.Where(file => file.Role == "model").GroupBy(file => file.As!))
        {
            await WithFilesAsync(model, async path =>
            {
                await Task.Run(() => new ModelStore(home).Import(path, model.Key, new ImportOptions(), cancellation), cancellation);
                tell($"model {model.Key} is installed");
            }, cancellation);
        }
        foreach (var skill in manifest.Files.Where(file => file.Role == "skill"))
        {
            await WithFilesAsync([skill], async path =>
            {
                using var config = ConfigStore.Open(home);
                using var door = new EgressDoor(EgressPolicy.FromEnvironment() with { Offline = true });
                var book = new AgentBook(home, AgentConfig.All(config.Config), TimeProvider.System, config.Current.IsSet).Default.Skills;
                var installer = new SkillInstaller(book, door);
                using var staged = await installer.StageAsync(path, cancellation, $"update {manifest.Version}");
                if (staged.Review.Manifest.Name != skill.As) throw new UpdateException($"{skill.Name} is the skill {staged.Review.Manifest.Name}, and the manifest says {skill.As}.");
                installer.Install(staged, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());
                tell($"skill {skill.As} is installed");
            }, cancellation);
        }
    }

    // A copy of our own, checked as it was made: a stick can be exchanged between two looks.
    private async Task WithFilesAsync(IEnumerable<UpdateFile> several, Func<string, Task> use, CancellationToken cancellation)
    {
        var files = several.ToList();
        // Below the folder that all of them are in, as they lie there: a model may have a config.json in a folder of its own beside another.
        var common = files[0].Name.LastIndexOf('/') + 1;
        while (!files.All(file => file.Name.StartsWith(files[0].Name[..common], StringComparison.Ordinal))) common = files[0].Name[..(common - 1)].LastIndexOf('/') + 1;
        var folder = HomeFolder.EnsureFolder(Path.Combine(home, $"{Beginning}{Guid.NewGuid():N}"));
        try
        {
            List<string> copies = [];
            foreach (var file in files)
            {
                copies.Add(Path.Combine(folder, file.Name[common..]));
                Directory.CreateDirectory(Path.GetDirectoryName(copies[^1])!);
                await source.FetchAsync(file.Name, file.Size, file.Sha256, copies[^1], progress, cancellation);
            }
            await use(copies.Count == 1 ? copies[0] : folder);
        }
        finally
        {
            Disk.Delete(folder);
        }
    }
}
