namespace Models.Generation;

/// <summary>How sure a model was of its answer so far. Immutable.</summary>
/// <param name="MeanLogProbability">Mean of the natural logarithms of its tokens' probabilities: 0 is certain, −2 one in seven.</param>
/// <param name="Tokens">Tokens that were counted: those it chose itself.</param>
public sealed record AnswerCertainty(double MeanLogProbability, int Tokens);
