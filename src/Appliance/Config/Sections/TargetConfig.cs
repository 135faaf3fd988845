using Appliance.Config.Secrets;
using Models.Providers;
using Models.Routing;

namespace Appliance.Config.Sections;

/// <summary>An entry of <c>models.targets</c>: a model elsewhere. Immutable.</summary>
internal sealed record TargetConfig(
    [property: Setting("Its base address, as its clients take it: https://api.openai.com/v1, https://api.anthropic.com/v1, http://127.0.0.1:11434.", Hot = true, Format = SettingFormat.WebAddress)]
    string Url,
    [property: Setting("What it is called there.", Hot = true)]
    string Model,
    [property: Setting("What it speaks: openai (and all that are compatible), anthropic or ollama.", Hot = true)]
    ProviderWire Wire = ProviderWire.OpenAi,
    [property: Setting("Tokens it takes with the answer; without it what is known of the model, or 8192.", Hot = true, Least = 512, Most = 100_000_000)]
    int? Window = null,
    [property: Setting("What it may see beyond what is public: personal, sensor, secret, regulated; nothing of it by default.", Hot = true)]
    IReadOnlyList<DataClass>? Data = null,
    [property: Setting("Where it computes, such as eu; for router.regions.", Hot = true)]
    string? Region = null,
    [property: Setting("Whether it may keep what it is sent, or learn from it. The profile private asks only those that do not.", Hot = true)]
    bool KeepsData = true,
    [property: Setting("Whether it reads pictures.", Hot = true)]
    bool Images = false,
    [property: Setting("Whether it calls tools.", Hot = true)]
    bool Tools = true,
    [property: Setting("Dollars for a million tokens of prompts. Without it the price list's; where that has none, the target is not asked. 0 where it is free.", Hot = true, Least = 0, Most = 1_000_000)]
    double? PriceIn = null,
    [property: Setting("Dollars for a million tokens of answers.", Hot = true, Least = 0, Most = 1_000_000)]
    double? PriceOut = null,
    [property: Setting("How good its answers are, 0 to 1; models of the box itself are taken to be 0.3 to 0.6, by their size.", Hot = true, Least = 0, Most = 1)]
    double Quality = 0.8)
{
    /// <summary>Its key.</summary>
    [Setting("Its key, by reference.", Hot = true)]
    public SecretReference? Key { get; init; }

    /// <summary>More keys.</summary>
    [Setting("More keys, by reference: they take turns, and one that is used up rests.", Hot = true)]
    public IReadOnlyList<SecretReference>? Keys { get; init; }

    /// <summary>All its keys.</summary>
    internal IEnumerable<SecretReference> AllKeys() => Key is null ? Keys ?? [] : [Key, .. Keys ?? []];

    /// <summary>As the router takes it.</summary>
    internal Target ToTarget(string name) => new(name)
    {
        Window = Window ?? Listed?.Window ?? 8192,
        SharesMachine = Address.IsLoopback && PriceOf() is { IsFree: true },
        MaySee = (Data ?? []).Aggregate(DataClass.Public, (all, one) => all | one),
        Region = Region,
        KeepsData = KeepsData,
        ReadsImages = Images,
        CallsTools = Tools,
        Price = PriceOf(),
        Quality = Quality,
    };

    private Uri Address => new(Url);

    private (Price Price, int Window)? Listed => PriceList.Find(Address.IdnHost, Model);

    // Half a price is none.
    private Price? PriceOf() => PriceIn is { } input && PriceOut is { } output ? new Price(Micros(input), Micros(output)) : PriceIn is null && PriceOut is null ? Listed?.Price : null;

    /// <summary>Millionths of a dollar, rounded up.</summary>
    internal static long Micros(double dollars) => (long)Math.Ceiling(dollars * 1_000_000);
}
