using Models.Import;
using Models.Store;

namespace Models.Tests.Store;

/// <summary>A home folder of its own for one test, with a store whose importer copies the source instead of converting it.</summary>
internal sealed class TempHome : IDisposable
{
    public TempHome()
    {
        Path = Directory.CreateTempSubdirectory("appliance-test-").FullName;
        Store = new ModelStore(Path, Copy);
    }

    public string Path { get; }

    public ModelStore Store { get; }

    public string Models => System.IO.Path.Combine(Path, "models");

    public string Staging => System.IO.Path.Combine(Models, ".staging");

    /// <summary>Writes a file to import.</summary>
    public string Source(string content, string name = "source.gguf")
    {
        var path = System.IO.Path.Combine(Path, name);
        File.WriteAllText(path, content);
        return path;
    }

    /// <summary>Imports a model whose weights are that text.</summary>
    public InstalledModel Install(string name, string content) => Store.Import(Source(content), name, new ImportOptions()).Model;

    public static string Weights(InstalledModel model) => File.ReadAllText(System.IO.Path.Combine(model.Folder, "model.onnx.data"));

    /// <summary>What the importer does here: one weights file with the source's bytes and a small file in a folder below.</summary>
    public static ImportReport Copy(string source, string target, ImportOptions options, CancellationToken cancellation)
    {
        var bytes = File.ReadAllBytes(source);
        File.WriteAllBytes(System.IO.Path.Combine(target, "model.onnx.data"), bytes);
        Directory.CreateDirectory(System.IO.Path.Combine(target, "extra"));
        File.WriteAllText(System.IO.Path.Combine(target, "extra", "tokenizer.json"), "{}");
        options.Progress?.Report((bytes.Length, bytes.Length));
        return new ImportReport("llama", 260_000, "int4", 512, "MIT", []);
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
