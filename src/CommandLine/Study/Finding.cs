namespace FashionCnn.CommandLine.Study;

/// <summary>What a finding of the study came to on runs of ours.</summary>
internal enum Verdict
{
    /// <summary>The runs show the same.</summary>
    Agrees,

    /// <summary>The runs show something else.</summary>
    Differs,

    /// <summary>The runs were not trained or evaluated as the study's.</summary>
    NotComparable,

    /// <summary>A model has not been trained, or a speed has not been measured.</summary>
    Open,

    /// <summary>The study published no number to compare with.</summary>
    NothingPublished,
}

/// <summary>A finding of the study, checked on runs.</summary>
/// <param name="What">What it is about.</param>
/// <param name="Rule">How it is checked.</param>
/// <param name="Study">What the study found.</param>
/// <param name="Here">What the runs show.</param>
/// <param name="Verdict">What that comes to.</param>
/// <param name="Explanation">Where the runs differ: what may explain it; null otherwise.</param>
internal sealed record Finding(string What, string Rule, string Study, string Here, Verdict Verdict, string? Explanation = null)
{
    /// <summary>The verdict in words.</summary>
    public string Words => Verdict switch
    {
        Verdict.Agrees => "agrees",
        Verdict.Differs => "differs",
        Verdict.NotComparable => "not comparable",
        Verdict.Open => "open",
        _ => "nothing published to compare with",
    };

    /// <summary>All of it as one line, the rule aside.</summary>
    public override string ToString() => $"{What}: study {Study}, here {Here}; {Words}.{(Explanation is null ? string.Empty : $" {Explanation}")}";
}
