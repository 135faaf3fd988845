using System.Runtime.Versioning;
using Models.Import;
using Models.Store;

namespace Models.Tests.Store;

public sealed class ModelStoreTests : IDisposable
{
    private readonly TempHome _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public void List_NoHomeYet_IsEmpty()
    {
        var store = new ModelStore(Path.Combine(_home.Path, "not", "there"));

        Assert.Empty(store.List());
        Assert.Empty(store.Names());
        Assert.Null(store.Find("story"));
    }

    [Fact]
    public void Import_File_InstallsAModelThatIsWhole()
    {
        var source = _home.Source("weights", "story.gguf");

        var result = _home.Store.Import(source, null, new ImportOptions());

        var model = Assert.Single(_home.Store.List());
        Assert.Equal("story", model.Manifest.Name);
        Assert.Equal(source, model.Manifest.Source);
        Assert.Equal("llama", model.Manifest.Architecture);
        Assert.Equal("MIT", model.Manifest.License);
        Assert.Equal(result.Model.Folder, model.Folder);
        Assert.Equal(["extra/tokenizer.json", "model.onnx.data"], model.Manifest.Files.Select(f => f.Name));
        // echo -n weights | sha256sum
        Assert.Equal(new ModelFile("model.onnx.data", 7, "9a129038d9a00aed0cf6a7ea059ca50a813449061ab87848cf1a13eafdf33b2c"), model.Manifest.Files[1]);
        Assert.Empty(_home.Store.Verify("story"));
        Assert.Empty(Directory.GetFileSystemEntries(_home.Staging));
    }

    [Fact]
    public void Import_NameInUse_ReplacesTheModel()
    {
        var old = _home.Install("story", "old");

        var model = _home.Install("story", "new");

        Assert.Equal("new", TempHome.Weights(_home.Store.Get("story")));
        Assert.Equal(model.Folder, Assert.Single(_home.Store.List()).Folder);
        Assert.False(Directory.Exists(old.Folder));
        Assert.Empty(Directory.GetFileSystemEntries(_home.Staging));
    }

    [Fact]
    public void Import_ImporterFails_OldModelStaysAndStagingIsRemoved()
    {
        _home.Install("story", "old");
        var store = new ModelStore(_home.Path, (_, target, _, _) =>
        {
            File.WriteAllText(Path.Combine(target, "model.onnx.data"), "half");
            throw new ImportException("The file ends too early.");
        });

        Assert.Throws<ImportException>(() => store.Import(_home.Source("new"), "story", new ImportOptions()));

        Assert.Equal("old", TempHome.Weights(_home.Store.Get("story")));
        Assert.Empty(Directory.GetFileSystemEntries(_home.Staging));
    }

    [Fact]
    public void Import_Cancelled_OldModelStaysAndStagingIsRemoved()
    {
        _home.Install("story", "old");
        using var cancel = new CancellationTokenSource();
        var store = new ModelStore(_home.Path, (source, target, options, token) =>
        {
            var report = TempHome.Copy(source, target, options, token);
            cancel.Cancel();
            return report;
        });

        Assert.ThrowsAny<OperationCanceledException>(() => store.Import(_home.Source("new"), "story", new ImportOptions(), cancel.Token));

        Assert.Equal("old", TempHome.Weights(_home.Store.Get("story")));
        Assert.Empty(Directory.GetFileSystemEntries(_home.Staging));
    }

    [Fact]
    public void Import_NoSuchFile_SaysSo()
    {
        var error = Assert.Throws<StoreException>(() => _home.Store.Import("/no/such.gguf", null, new ImportOptions()));

        Assert.Contains("/no/such.gguf", error.Message);
    }

    [Fact]
    public void Import_BadName_ChangesNothing()
    {
        Assert.Throws<StoreException>(() => _home.Store.Import(_home.Source("x"), "../evil", new ImportOptions()));

        Assert.False(Directory.Exists(_home.Models));
    }

    [Fact]
    public void Find_LatestTagAddedOrLeftOut_FindsTheModel()
    {
        _home.Install("story", "1");
        _home.Install("qwen:latest", "2");

        Assert.Equal("story", _home.Store.Find("story:latest")!.Manifest.Name);
        Assert.Equal("qwen:latest", _home.Store.Find("qwen")!.Manifest.Name);
        Assert.Null(_home.Store.Find("story:7b"));
        Assert.Null(_home.Store.Find("../story"));
    }

    [Fact]
    public void Get_UnknownName_NamesWhatIsInstalled()
    {
        _home.Install("story", "1");

        var error = Assert.Throws<StoreException>(() => _home.Store.Get("other"));

        Assert.True(error.IsNotFound);
        Assert.Contains("'other'", error.Message);
        Assert.Contains("story", error.Message);
    }

    [Fact]
    public void Get_NullWithNoModels_SaysHowToGetOne()
    {
        var error = Assert.Throws<StoreException>(() => _home.Store.Get(null));

        Assert.True(error.IsNotFound);
        Assert.Contains("models pull", error.Message);
    }

    [Fact]
    public void Get_Null_GivesTheOneInstalledLast()
    {
        _home.Install("b", "1");
        _home.Install("a", "2");
        _home.Install("c", "3");
        _home.Install("b", "4");

        Assert.Equal("b", _home.Store.Get(null).Manifest.Name);
    }

    [Fact]
    public void Remove_Installed_IsGone()
    {
        _home.Install("story", "1");
        _home.Install("other", "2");

        _home.Store.Remove("story");

        Assert.Equal(["other"], _home.Store.Names());
        Assert.False(Directory.Exists(Path.Combine(_home.Models, "story")));
        Assert.Empty(Directory.GetFileSystemEntries(_home.Staging));
        Assert.True(Assert.Throws<StoreException>(() => _home.Store.Remove("story")).IsNotFound);
    }

    [Fact]
    public void Verify_ChangedShortenedAndMissingFiles_AreEachNamed()
    {
        var model = _home.Install("story", "weights");
        File.WriteAllText(Path.Combine(model.Folder, "model.onnx.data"), "weightZ");
        Assert.Equal("model.onnx.data", Assert.Single(_home.Store.Verify("story")).Name);

        File.WriteAllText(Path.Combine(model.Folder, "model.onnx.data"), "w");
        File.Delete(Path.Combine(model.Folder, "extra", "tokenizer.json"));

        var damaged = _home.Store.Verify("story");
        Assert.Equal(["extra/tokenizer.json", "model.onnx.data"], damaged.Select(d => d.Name));
        Assert.Contains("missing", damaged[0].Reason);
        Assert.Contains("1 bytes instead of 7", damaged[1].Reason);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("{\"version\":99}")]
    public void DamagedManifest_IsNamedByVerifyAndCanBeRemoved(string manifest)
    {
        var model = _home.Install("story", "1");
        _home.Install("other", "2");
        File.WriteAllText(Path.Combine(model.Folder, "manifest.json"), manifest);

        Assert.Equal(["other"], _home.Store.List().Select(m => m.Manifest.Name));
        Assert.Equal(["other", "story"], _home.Store.Names());
        Assert.False(Assert.Throws<StoreException>(() => _home.Store.Get("story")).IsNotFound);
        Assert.Equal("manifest.json", Assert.Single(_home.Store.Verify("story")).Name);
        _home.Store.Remove("story");
        Assert.Equal(["other"], _home.Store.Names());
    }

    [Fact]
    public void Verify_ManifestPointsOutsideTheFolder_ReadsNothingThere()
    {
        var model = _home.Install("story", "1");
        var path = Path.Combine(model.Folder, "manifest.json");
        File.WriteAllText(path, File.ReadAllText(path).Replace("model.onnx.data", "../../../source.gguf"));

        Assert.Contains("outside", Assert.Single(_home.Store.Verify("story")).Reason);
    }

    [Fact, SupportedOSPlatform("linux")]
    public void Home_AfterInstall_IsReadableByItsOwnerAlone()
    {
        _home.Install("story", "1");

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(_home.Models));
    }
}
