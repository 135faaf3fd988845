using System.Security.Cryptography;
using Models.Generation;
using Models.Import;
using Models.Store;
using TestKit;

namespace Models.Tests.Store;

/// <summary>A packed model in the place of the one that the program carries.</summary>
public sealed class BuiltInModelTests : IDisposable
{
    private const string Reference = "models/tinystories-656k";

    private readonly TemporaryFolder _home = new();

    [SharedFact(Reference)]
    public async Task BuiltIn_IsThereWhereNothingElseIs_AndIsUnpackedOnce()
    {
        var store = Store();
        Assert.Equal(["builtin"], store.Names());
        var shown = Assert.Single(store.List());
        Assert.Equal(("builtin", "int8", "part of the program"), (shown.Manifest.Name, shown.Manifest.Quantization, shown.Manifest.Source));
        // Whoever only looks has nothing written.
        Assert.False(Directory.Exists(_home["home/cache"]));
        Assert.Null(store.Newest(ModelKind.Decoder));

        var folder = store.Get(null).Folder;
        Assert.Equal(folder, store.Get("builtin").Folder);
        Assert.Empty(store.Verify("builtin"));
        var written = Directory.GetCreationTimeUtc(folder);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => Store().Get(null))));
        Assert.Equal(written, Directory.GetCreationTimeUtc(folder));
        Assert.Single(Directory.GetDirectories(Path.GetDirectoryName(folder)!));

        using var host = new ModelHost(store, new EngineOptions());
        var model = await host.LoadAsync(null);
        var said = new System.Text.StringBuilder();
        await foreach (var step in model.GenerateAsync(model.Tokenizer.Encode("Once upon a time"), new GenerationOptions { MaxTokens = 8 })) said.Append(step.Text);
        Assert.NotEqual("", said.ToString());
    }

    [SharedFact(Reference)]
    public void BuiltIn_WhereAnotherIsInstalled_StandsBehindIt_AndCannotBeRemovedOrReplaced()
    {
        var store = Store();
        store.Import(Path.Combine(Shared.Find(Reference)!), "story", new ImportOptions());
        Assert.Equal(["builtin", "story"], store.Names());
        Assert.Equal("story", store.Get(null).Manifest.Name);
        Assert.Contains("part of the program", Assert.Throws<StoreException>(() => store.Remove("builtin")).Message, StringComparison.Ordinal);
        Assert.Contains("--as NAME", Assert.Throws<StoreException>(() => store.Import(Shared.Find(Reference)!, "builtin", new ImportOptions())).Message, StringComparison.Ordinal);
        store.Remove("story");
        Assert.Equal("builtin", store.Get(null).Manifest.Name);
    }

    [SharedTheory(Reference)]
    [InlineData("a bit")]
    [InlineData("the end")]
    [InlineData("a file")]
    public void BuiltIn_OfWhichSomethingIsNotAsItWasUnpacked_IsUnpackedAnew_AndWhoHasItOpenKeepsIt(string what)
    {
        var folder = Store().Get(null).Folder;
        var expected = Contents(folder);
        foreach (var name in expected.Keys)
        {
            var path = Path.Combine(folder, name);
            switch (what)
            {
                case "a file": File.Delete(path); break;
                case "the end":
                    using (var file = File.OpenWrite(path)) file.SetLength(file.Length / 2);
                    break;
                default:
                    var bytes = File.ReadAllBytes(path);
                    bytes[bytes.Length / 3] ^= 8;
                    File.WriteAllBytes(path, bytes);
                    break;
            }
            using var held = what == "a file" ? null : File.OpenRead(path);
            // The next program.
            Assert.Equal(folder, Store().Get(null).Folder);
            Assert.Equal(expected, Contents(folder));
            // One that has the damaged file open, or mapped, keeps that, and does not find it changed under it.
            if (held is not null) Assert.NotEqual(expected[name], Convert.ToHexString(SHA256.HashData(held)));
        }
    }

    [SharedFact(Reference)]
    public void BuiltIn_OfAProgramInWhichABitTurned_IsNotUsed()
    {
        Store();
        var packed = File.ReadAllBytes(_home["builtin.model"]);
        packed[^100] ^= 1;
        File.WriteAllBytes(_home["builtin.model"], packed);
        Assert.Contains("damaged", Assert.Throws<StoreException>(() => Store().Get(null)).Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetDirectories(_home["home/cache/builtin"]));
    }

    [SharedFact(Reference)]
    public void BuiltIn_OfAnotherVersion_TakesThePlaceOfTheFormerOne()
    {
        var former = Path.Combine(_home["home"], "cache", "builtin", "0123456789abcdef");
        Directory.CreateDirectory(former);
        Assert.NotEqual(former, Store().Get(null).Folder);
        Assert.False(Directory.Exists(former));
    }

    [SharedFact(Reference)]
    public void Pack_TheSameModelTwice_GivesTheSameFile()
    {
        Store();
        ModelPacker.Pack(Shared.Find(Reference)!, _home["again.model"]);
        Assert.Equal(File.ReadAllBytes(_home["builtin.model"]), File.ReadAllBytes(_home["again.model"]));
    }

    [SharedFact(Reference)]
    public void BuiltIn_WhoseFileIsCut_SaysSoAndLeavesNothing()
    {
        Store();
        using (var file = File.OpenWrite(_home["builtin.model"])) file.SetLength(file.Length - 1);
        Assert.Contains("damaged", Assert.Throws<StoreException>(() => Store().Get(null)).Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetDirectories(_home["home/cache/builtin"]));
    }

    [Fact]
    public void Store_WithoutABuiltInModel_SaysHowToGetOne()
    {
        var store = new ModelStore(_home["home"]) { BuiltIn = null };
        Assert.False(store.HasAny);
        Assert.Contains("models pull", Assert.Throws<StoreException>(() => store.Get(null)).Message, StringComparison.Ordinal);
    }

    private static Dictionary<string, string> Contents(string folder) =>
        Directory.GetFiles(folder).ToDictionary(path => Path.GetFileName(path), path => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(path))));

    private ModelStore Store()
    {
        if (!File.Exists(_home["builtin.model"])) ModelPacker.Pack(Shared.Find(Reference)!, _home["builtin.model"]);
        return new ModelStore(_home["home"]) { BuiltIn = BuiltInModel.FromFile(_home["builtin.model"]) };
    }

    public void Dispose() => _home.Dispose();
}
