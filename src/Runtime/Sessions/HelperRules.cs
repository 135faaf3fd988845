namespace Runtime.Sessions;

/// <summary>What becomes of helpers' sessions when their work is over. Immutable.</summary>
/// <param name="Days">Days after their end that they are kept as they are; 0 for always.</param>
/// <param name="Deletes">True where they are deleted with their transcripts then; false where they are put away.</param>
public sealed record HelperRules(int Days = 7, bool Deletes = false);
