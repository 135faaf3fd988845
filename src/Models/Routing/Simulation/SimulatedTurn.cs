namespace Models.Routing.Simulation;

/// <summary>A question that is asked in a simulation. Immutable.</summary>
/// <param name="At">When, since the simulation began.</param>
/// <param name="Turn">What the decision knows of it.</param>
public sealed record SimulatedTurn(TimeSpan At, TurnFeatures Turn)
{
    /// <summary>The conversation, or null.</summary>
    public string? Conversation { get; init; }

    /// <summary>Tokens of its prompt by the names of those that counted them; others take <see cref="TurnFeatures.Tokens"/>.</summary>
    public IReadOnlyDictionary<string, int> Tokens { get; init; } = new Dictionary<string, int>();

    /// <summary>Questions of every kind over an hour and a half, the same for a seed everywhere.</summary>
    public static IReadOnlyList<SimulatedTurn> Workload(int count, int seed)
    {
        // The seeded Random is the same on every platform and version, as its documentation has it for compatibility.
        var random = new Random(seed);
        var turns = new List<SimulatedTurn>(count);
        for (var i = 0; i < count; i++)
        {
            var data = random.Next(20) switch { < 12 => DataClass.Public, < 16 => DataClass.Personal, 16 or 17 => DataClass.Sensor, 18 => DataClass.Secret, _ => DataClass.Regulated };
            turns.Add(new SimulatedTurn(TimeSpan.FromSeconds(5400.0 * i / count + random.Next(30)), new TurnFeatures
            {
                Data = data,
                Agent = "main",
                Tokens = 200 << random.Next(5),
                MostAnswer = 1024,
                LikelyAnswer = 20 + random.Next(400),
                NeedsTools = random.Next(5) < 2,
                IsCode = random.Next(5) == 0,
                Depth = 1 + random.Next(20),
            })
            {
                // What held something once holds it for good: public questions are among themselves.
                Conversation = $"{(data == DataClass.Public ? "public" : "other")}-{random.Next(8)}",
            });
        }
        return turns;
    }
}
