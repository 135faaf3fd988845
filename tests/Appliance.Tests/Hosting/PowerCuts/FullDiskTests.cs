using Models;
using TestKit;

namespace Appliance.Tests.Hosting.PowerCuts;

/// <summary>The disk is full: every store says so, keeps what it acknowledged, takes nothing by halves, and goes on once there is room.</summary>
public sealed class FullDiskTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Names => [.. Stores.All().Select(store => store.Name)];

    public void Dispose() => _folder.Dispose();

    [RootTheory]
    [MemberData(nameof(Names))]
    public void Add_OnAFullDisk_IsRefusedAndLosesNothing(string name)
    {
        var writer = Stores.All().Single(store => store.Name == name);
        using var disk = new SmallDisk(_folder.Path, 2 << 20);
        var (home, ballast) = (Path.Combine(disk.Path, "home"), Path.Combine(disk.Path, "ballast"));
        Directory.CreateDirectory(home);
        var acknowledged = new List<string>();
        using (var store = writer.Open(home))
        {
            // Files that have begun, whose last page has room for half of something.
            for (var i = 0; i < 6; i++) Add(store);
            Fill(ballast);
            var refusal = Assert.ThrowsAny<ModelException>(() => { for (var i = 0; i < 10_000; i++) Add(store); });
            Assert.Matches("(?i)full|space", refusal.Message);
            // And again: nothing waits to fall over later.
            Assert.ThrowsAny<ModelException>(() => { for (var i = 0; i < 10_000; i++) Add(store); });
            File.Delete(ballast);
            Add(store);
        }
        Assert.Equal(acknowledged, writer.Read(home));
        using (var again = writer.Open(home)) Add(again);
        Assert.Equal(acknowledged, writer.Read(home));

        void Add(OpenStore store)
        {
            var item = $"{name}-{acknowledged.Count:0000}";
            store.Add(item);
            acknowledged.Add(item);
        }
    }

    // To the last byte.
    private static void Fill(string path)
    {
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, 0);
        for (var size = 64 * 1024; size > 0; size /= 2)
        {
            try
            {
                while (true) file.Write(new byte[size]);
            }
            catch (IOException)
            {
                // Less, then.
            }
        }
    }
}
