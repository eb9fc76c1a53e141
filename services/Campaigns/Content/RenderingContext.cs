using System.Text.Encodings.Web;
using Fluid;
using Fluid.Ast;
using Fluid.Values;

namespace TagSegments.Campaigns.Content;

/// <summary>
/// The data of a rendering and what is left of its budget. The engine counts some of its steps, but none of the characters that a step handles
/// and no time.
/// </summary>
internal sealed class RenderingContext(TemplateOptions options, TemplateTime time) : TemplateContext(options)
{
    private const long MaxWork = 50_000_000;
    private long _work;

    /// <summary>Takes work, about one unit a character, from the budget; throws <see cref="TemplateException"/> when it is used up.</summary>
    public void Charge(long work)
    {
        time.Check();
        if ((_work += work) > MaxWork)
        {
            throw new TemplateException("The template takes too many steps.");
        }
    }
}

/// <summary>A tag whose every execution is counted.</summary>
internal sealed class CountedStatement(Statement inner) : Statement
{
    private const int Work = 20;

    public override ValueTask<Completion> WriteToAsync(TextWriter writer, TextEncoder encoder, TemplateContext context)
    {
        ((RenderingContext)context).Charge(Work);
        return inner.WriteToAsync(writer, encoder, context);
    }
}

/// <summary>A comparison whose every evaluation is counted.</summary>
internal sealed class CountedExpression(Expression inner) : Expression
{
    private const int Work = 200;

    public override ValueTask<FluidValue> EvaluateAsync(TemplateContext context)
    {
        ((RenderingContext)context).Charge(Work);
        return inner.EvaluateAsync(context);
    }
}
