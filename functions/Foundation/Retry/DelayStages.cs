using System.Globalization;

namespace Foundation.Retry;

/// <summary>What a delay depends on.</summary>
internal readonly record struct DelayQuestion(int Retry, uint Seed, TimeSpan Elapsed, TimeSpan Previous);

/// <summary>
/// The randomness of one stage at one retry: a hash of seed, retry and stage, so that no draw depends on how many were made before.
/// </summary>
internal readonly record struct DelayDice(uint Seed, int Retry, int Stage)
{
    /// <summary>Evenly from 0 to 1, without 1. The mixer is SplitMix64 (Steele, Lea, Flood 2014).</summary>
    public double Draw()
    {
        var x = ((ulong)Seed << 32) ^ ((ulong)(uint)Retry << 8) ^ (uint)Stage;
        x += 0x9E3779B97F4A7C15;
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
        x ^= x >> 31;
        return (x >> 11) * (1.0 / (1UL << 53));
    }

    /// <summary>Evenly between two numbers.</summary>
    public double Between(double least, double most) => least + (Draw() * (most - least));
}

/// <summary>Where delays come from. In ticks as doubles: they grow beyond any long, and are cut off at the end.</summary>
internal abstract record DelaySource
{
    private DelaySource()
    {
    }

    public abstract double Ticks(in DelayQuestion question, DelayDice dice);

    public abstract override string ToString();

    public sealed record Fixed(TimeSpan Delay) : DelaySource
    {
        public override double Ticks(in DelayQuestion question, DelayDice dice) => Delay.Ticks;

        public override string ToString() => $"fixed({Durations.Format(Delay)})";
    }

    public sealed record Linear(TimeSpan Initial, TimeSpan Increment) : DelaySource
    {
        public override double Ticks(in DelayQuestion question, DelayDice dice) =>
            Initial.Ticks + ((question.Retry - 1.0) * Increment.Ticks);

        public override string ToString() => $"linear({Durations.Format(Initial)}, {Durations.Format(Increment)})";
    }

    public sealed record Exponential(TimeSpan Initial, double Factor) : DelaySource
    {
        // Zero times infinity would be no number.
        public override double Ticks(in DelayQuestion question, DelayDice dice) =>
            Initial == TimeSpan.Zero ? 0 : Initial.Ticks * Math.Pow(Factor, question.Retry - 1);

        public override string ToString() =>
            string.Create(CultureInfo.InvariantCulture, $"exponential({Durations.Format(Initial)}, {Factor:0.############})");
    }

    public sealed record Fibonacci(TimeSpan Unit) : DelaySource
    {
        public override double Ticks(in DelayQuestion question, DelayDice dice)
        {
            double previous = 0;
            double current = Unit.Ticks;
            for (var i = 1; i < question.Retry && current < Durations.Max.Ticks && current > 0; i++)
            {
                (previous, current) = (current, previous + current);
            }

            return current;
        }

        public override string ToString() => $"fibonacci({Durations.Format(Unit)})";
    }

    public sealed record Decorrelated(TimeSpan Least, TimeSpan Most) : DelaySource
    {
        // "sleep = min(cap, random_between(base, sleep * 3))", where sleep is base at first.
        public override double Ticks(in DelayQuestion question, DelayDice dice)
        {
            var previous = Math.Max(Least.Ticks, question.Previous.Ticks);
            return Math.Min(Most.Ticks, dice.Between(Least.Ticks, previous * 3.0));
        }

        public override string ToString() => $"decorrelated({Durations.Format(Least)}, {Durations.Format(Most)})";
    }

    public sealed record RandomWalk(TimeSpan Start, TimeSpan Step) : DelaySource
    {
        public override double Ticks(in DelayQuestion question, DelayDice dice)
        {
            if (question.Retry == 1) return Start.Ticks;
            var next = question.Previous.Ticks + dice.Between(-Step.Ticks, Step.Ticks);

            // Thrown back at zero instead of resting on it: a walk that sticks there would hammer the other side.
            return Math.Abs(next);
        }

        public override string ToString() => $"randomWalk({Durations.Format(Start)}, {Durations.Format(Step)})";
    }
}

/// <summary>What changes a delay, or ends the stream.</summary>
internal abstract record DelayOperator
{
    /// <summary>Instead of a delay: the stream has ended.</summary>
    public const double End = -1;

    private DelayOperator()
    {
    }

    public abstract double Apply(double ticks, in DelayQuestion question, DelayDice dice);

    public abstract override string ToString();

    public sealed record Cap(TimeSpan Most) : DelayOperator
    {
        public override double Apply(double ticks, in DelayQuestion question, DelayDice dice) => Math.Min(ticks, Most.Ticks);

        public override string ToString() => $"cap({Durations.Format(Most)})";
    }

    public sealed record Jitter(double Share) : DelayOperator
    {
        public override double Apply(double ticks, in DelayQuestion question, DelayDice dice) =>
            Math.Min(ticks, Durations.Max.Ticks) * dice.Between(1 - Share, 1 + Share);

        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"jitter({Share:0.############})");
    }

    public sealed record Full : DelayOperator
    {
        public override double Apply(double ticks, in DelayQuestion question, DelayDice dice) =>
            Math.Min(ticks, Durations.Max.Ticks) * dice.Draw();

        public override string ToString() => "full";
    }

    public sealed record Equal : DelayOperator
    {
        public override double Apply(double ticks, in DelayQuestion question, DelayDice dice) =>
            Math.Min(ticks, Durations.Max.Ticks) * (0.5 + (dice.Draw() / 2));

        public override string ToString() => "equal";
    }

    public sealed record Take(int Count) : DelayOperator
    {
        public override double Apply(double ticks, in DelayQuestion question, DelayDice dice) => question.Retry <= Count ? ticks : End;

        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"take({Count})");
    }

    public sealed record Expire(TimeSpan After) : DelayOperator
    {
        public override double Apply(double ticks, in DelayQuestion question, DelayDice dice) =>
            question.Elapsed.Ticks + ticks <= After.Ticks ? ticks : End;

        public override string ToString() => $"expire({Durations.Format(After)})";
    }
}
