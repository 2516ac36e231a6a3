//! The arms as structured code: jumps forward leave blocks, and jumps backward go on with loops.
//!
//! Arms must stand in the order of the text, for type inference. A resume goes into the middle of what may be a loop, which
//! Rust cannot say; so each loop looks at its head whether it is entered by a resume. LLVM resolves such a test before it
//! optimises, since it is of a flag that is given a constant wherever control comes from. It would not with one loop around
//! a `match` of a number, for it threads no other jump through the head of a loop.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{Ident, Literal, Span, TokenStream, TokenTree};
use quote::{format_ident, quote};
use syn::Lifetime;

use super::{Emit, Names};
use crate::graph::{BlockId, End, Graph};

/// Arms that stand one behind the other, as a loop.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Region {
    first: BlockId,
    last: BlockId,
    /// The arms to which its head goes on.
    heads: BTreeSet<BlockId>,
}

impl Region {
    fn contains(&self, arm: BlockId) -> bool {
        self.first <= arm && arm <= self.last
    }

    fn encloses(&self, other: &Region) -> bool {
        self.contains(other.first) && self.contains(other.last)
    }
}

/// The regions of a graph: of any two one encloses the other, or they have nothing in common. None is jumped into behind
/// its first arm from outside.
pub(super) struct Regions {
    /// The arms that are emitted.
    arms: BTreeSet<BlockId>,
    /// Those that are jumped to from before.
    forward: BTreeSet<BlockId>,
    /// Larger ones first.
    regions: Vec<Region>,
}

impl Regions {
    pub(super) fn of(emit: &Emit<'_>) -> Self {
        let starts = emit.facts.starts.iter();
        // Behind a statement that leaves for good nothing is known, and nothing is run.
        let is_emitted = |start: &BlockId| emit.facts.state_in(*start).0.is_some() && emit.passed(*start) == *start;
        let arms: BTreeSet<BlockId> = starts.filter(is_emitted).collect();
        let mut jumps: BTreeSet<(BlockId, BlockId)> = BTreeSet::new();
        for arm in &arms {
            for block in emit.facts.starts.blocks(emit.graph, *arm) {
                let end = &emit.graph.block(block).end;
                if matches!(end, End::Suspend { .. }) {
                    continue;
                }
                let targets = end.successors().into_iter().filter(|target| emit.facts.starts.contains(*target));
                jumps.extend(targets.map(|target| (*arm, emit.passed(target))));
            }
        }
        let mut by_head: BTreeMap<BlockId, BlockId> = BTreeMap::new();
        for (from, target) in jumps.iter().filter(|(from, target)| target <= from) {
            let last = by_head.entry(*target).or_insert(*from);
            *last = (*last).max(*from);
        }
        let mut regions: Vec<Region> = by_head
            .into_iter()
            .map(|(head, last)| Region { first: head, last, heads: BTreeSet::from([head]) })
            .collect();
        while widened(&mut regions, &jumps) {}
        regions.sort_by_key(|region| (region.first, std::cmp::Reverse(region.last)));
        let forward = jumps.iter().filter(|(from, target)| target > from).map(|(_, target)| *target).collect();
        Regions { arms, forward, regions }
    }

    pub(super) fn arms(&self) -> impl Iterator<Item = BlockId> + '_ {
        self.arms.iter().copied()
    }

    /// What stands between two arms, in order: of the regions from number `from` on those that no other one of them encloses,
    /// and the arms that are in none.
    fn items(&self, first: BlockId, last: BlockId, from: usize) -> Vec<Item> {
        let mut items: Vec<Item> = Vec::new();
        let mut index = from;
        for arm in self.arms.range(first..=last) {
            if items.last().is_some_and(|item| item.last(self) >= *arm) {
                continue;
            }
            while self.regions.get(index).is_some_and(|region| region.first < *arm) {
                index += 1;
            }
            match self.regions.get(index) {
                Some(region) if region.first == *arm => items.push(Item::Region(index)),
                _ => items.push(Item::Arm(*arm)),
            }
        }
        items
    }
}

/// Makes one region wider, or two that have the same arms one, if it must be.
fn widened(regions: &mut Vec<Region>, jumps: &BTreeSet<(BlockId, BlockId)>) -> bool {
    for index in 0..regions.len() {
        let region = regions[index].clone();
        let entered = |(from, target): &&(BlockId, BlockId)| {
            !region.contains(*from) && region.contains(*target) && *target != region.first
        };
        if let Some((from, _)) = jumps.iter().find(entered) {
            regions[index].first = region.first.min(*from);
            regions[index].last = region.last.max(*from);
            return true;
        }
        for other in (0..regions.len()).filter(|other| *other != index) {
            if regions[other].first == region.first && regions[other].last == region.last {
                let same = regions.remove(index.max(other));
                regions[index.min(other)].heads.extend(same.heads);
                return true;
            }
            if region.contains(regions[other].first) && !region.encloses(&regions[other]) {
                regions[index].last = regions[other].last;
                return true;
            }
        }
    }
    false
}

/// What stands in a region: arms, and regions by number.
enum Item {
    Arm(BlockId),
    Region(usize),
}

impl Item {
    fn first(&self, regions: &Regions) -> BlockId {
        match self {
            Item::Arm(arm) => *arm,
            Item::Region(index) => regions.regions[*index].first,
        }
    }

    fn last(&self, regions: &Regions) -> BlockId {
        match self {
            Item::Arm(arm) => *arm,
            Item::Region(index) => regions.regions[*index].last,
        }
    }
}

impl Emit<'_> {
    /// From one arm to another.
    pub(super) fn jump(&self, regions: &Regions, from: BlockId, target: BlockId) -> TokenStream {
        if target > from {
            let label = label(target);
            return quote!(break #label;);
        }
        let around = regions.regions.iter().rposition(|region| region.heads.contains(&target) && region.contains(from));
        let index = around.unwrap_or_else(|| unreachable!("an arm is jumped back to from outside its region"));
        let run = run(index);
        let again = (regions.regions[index].first != target).then(|| {
            let again = self.again(target);
            quote!(#again = true;)
        });
        quote!(#again continue #run;)
    }

    /// All arms, behind the flags that they need.
    pub(super) fn structured(&self, regions: &Regions, code: &BTreeMap<BlockId, TokenStream>) -> TokenStream {
        let Names { state, sent, .. } = &self.names;
        let (Some(first), Some(last)) = (regions.arms.first(), regions.arms.last()) else { return TokenStream::new() };
        let heads = regions
            .regions
            .iter()
            .flat_map(|region| region.heads.iter().filter(|head| **head != region.first).map(|head| self.again(*head)));
        let entries =
            (0..regions.regions.len()).filter(|index| !self.entries(regions, &Item::Region(*index)).is_empty());
        let entries = entries.map(|index| self.entered(index));
        let flags = heads.chain(entries);
        let items = regions.items(*first, *last, 0);
        // Those that are only resumed need no block to be left.
        let plain = |item: &&Item| matches!(item, Item::Arm(arm) if !regions.forward.contains(arm) && self.position(*arm).is_some());
        let inside = items.iter().take_while(plain).count();
        let mut cases = TokenStream::new();
        for (index, item) in items.iter().enumerate() {
            match item {
                Item::Arm(arm) if index < inside => {
                    let (code, position) = (&code[arm], self.position(*arm).map(Literal::u32_unsuffixed));
                    let once =
                        (*arm == Graph::ENTRY && self.runs_once(code)).then(|| quote!(::core::hint::cold_path();));
                    cases.extend(quote!(#position => { #once #code }));
                }
                item => {
                    cases.extend(self.case(regions, item, false).map(|(entries, jump)| quote!(#entries => { #jump })))
                }
            }
        }
        let private = &self.private;
        let pending = self.pending();
        let head = quote! {
            match #state { #cases _ => return #private::over(#sent, ::core::option::Option::take(&mut #pending)) }
        };
        let behind = self.behind(regions, code, head, &items[inside..], true);
        quote! {
            #(let mut #flags = false;)*
            #behind
        }
    }

    /// Whether the first arm is worth the optimiser's attention less than those that follow: each coroutine runs it once, and
    /// it has no loop. What is called there may then not be inlined, which a delegate has to be, and what starts a level of
    /// a recursive coroutine is run as often as the rest.
    fn runs_once(&self, code: &TokenStream) -> bool {
        !self.recursive && !self.graph.points.iter().any(|point| point.delegates) && !has_loop(code.clone())
    }

    /// Items behind each other, and before them what goes on to them. Whether the first needs a label is `labelled`.
    fn behind(
        &self,
        regions: &Regions,
        code: &BTreeMap<BlockId, TokenStream>,
        head: TokenStream,
        items: &[Item],
        labelled: bool,
    ) -> TokenStream {
        let mut behind = head;
        for (index, item) in items.iter().enumerate() {
            let own = match item {
                Item::Arm(arm) => code[arm].clone(),
                Item::Region(index) => self.looped(regions, code, *index),
            };
            behind = if index == 0 && !labelled {
                quote!(#behind #own)
            } else {
                let label = label(item.first(regions));
                quote!(#label: { #behind } #own)
            };
        }
        behind
    }

    fn looped(&self, regions: &Regions, code: &BTreeMap<BlockId, TokenStream>, index: usize) -> TokenStream {
        let (run, region) = (run(index), &regions.regions[index]);
        let items = regions.items(region.first, region.last, index + 1);
        let agains = region.heads.iter().filter(|head| **head != region.first).map(|head| {
            let (again, label) = (self.again(*head), label(*head));
            quote!(if #again { #again = false; break #label; })
        });
        let mut head: TokenStream = agains.collect();
        let entries = self.entries(regions, &Item::Region(index));
        if !entries.is_empty() {
            let (entered, state) = (self.entered(index), &self.names.state);
            let mut cases: Vec<_> =
                items.iter().enumerate().filter_map(|(index, item)| self.case(regions, item, index == 0)).collect();
            // It is entered for nothing else.
            let (_, other) = cases.pop().unwrap_or_default();
            let (entries, jumps): (Vec<_>, Vec<_>) = cases.into_iter().unzip();
            let go_on = if entries.is_empty() {
                other
            } else {
                quote!(match #state { #(#entries => { #jumps })* _ => { #other } })
            };
            head.extend(quote!(if #entered { #entered = false; #go_on }));
        }
        let behind = self.behind(regions, code, head, &items, false);
        quote!(#run: loop { #behind })
    }

    /// The positions from which a resume goes on in an item.
    fn entries(&self, regions: &Regions, item: &Item) -> BTreeSet<u32> {
        let arms = regions.arms.range(item.first(regions)..=item.last(regions));
        arms.filter_map(|arm| self.position(*arm)).collect()
    }

    /// The positions in an item, and how a resume comes to it. What is next anyway needs no jump.
    fn case(&self, regions: &Regions, item: &Item, is_next: bool) -> Option<(TokenStream, TokenStream)> {
        let entries = self.entries(regions, item);
        if entries.is_empty() {
            return None;
        }
        let entered = match item {
            Item::Arm(_) => None,
            Item::Region(index) => {
                let entered = self.entered(*index);
                Some(quote!(#entered = true;))
            }
        };
        let jump = (!is_next).then(|| {
            let label = label(item.first(regions));
            quote!(break #label;)
        });
        Some((one_of(&entries), quote!(#entered #jump)))
    }

    /// The variable that says that the head of a loop goes on to an arm which is not the first in it.
    fn again(&self, head: BlockId) -> Ident {
        let again = &self.names.again;
        format_ident!("{again}_{}", head.0)
    }

    /// The variable that says that a loop is entered by a resume.
    fn entered(&self, region: usize) -> Ident {
        let resumed = &self.names.resumed;
        format_ident!("{resumed}_{region}")
    }
}

/// A pattern for some positions. A range is not only shorter: LLVM would make one table of jumps of two nested `match`es of
/// single numbers, and for a few positions comparisons are faster.
fn one_of(positions: &BTreeSet<u32>) -> TokenStream {
    let literals = positions.iter().copied().map(Literal::u32_unsuffixed);
    match (positions.first(), positions.last()) {
        (Some(first), Some(last)) if first < last && (*last - *first) as usize + 1 == positions.len() => {
            let (first, last) = (Literal::u32_unsuffixed(*first), Literal::u32_unsuffixed(*last));
            quote!(#first..=#last)
        }
        _ => quote!(#(#literals)|*),
    }
}

/// The label of the block behind which an item stands.
fn label(first: BlockId) -> Lifetime {
    Lifetime::new(&format!("'at_{}", first.0), Span::call_site())
}

/// The label of a loop.
fn run(region: usize) -> Lifetime {
    Lifetime::new(&format!("'run_{region}"), Span::call_site())
}

/// Whether there is a loop, as far as tokens tell.
fn has_loop(code: TokenStream) -> bool {
    code.into_iter().any(|token| match token {
        TokenTree::Ident(ident) => ["for", "while", "loop"].iter().any(|keyword| ident == keyword),
        TokenTree::Group(group) => has_loop(group.stream()),
        TokenTree::Punct(_) | TokenTree::Literal(_) => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn region(first: usize, last: usize, heads: &[usize]) -> Region {
        let heads = heads.iter().copied().map(BlockId).collect();
        Region { first: BlockId(first), last: BlockId(last), heads }
    }

    #[track_caller]
    fn check(mut regions: Vec<Region>, jumps: &[(usize, usize)], wanted: &[Region]) {
        let jumps = jumps.iter().map(|(from, target)| (BlockId(*from), BlockId(*target))).collect();
        while widened(&mut regions, &jumps) {}
        assert_eq!(regions, wanted);
    }

    #[test]
    fn loops_one_in_another_stay_as_they_are() {
        let nested = [region(1, 6, &[1]), region(2, 4, &[2])];
        check(nested.to_vec(), &[(0, 1), (1, 2), (4, 2), (4, 5), (6, 1), (6, 7)], &nested);
    }

    #[test]
    fn a_loop_that_ends_in_another_goes_on_to_the_end_of_both() {
        check(
            vec![region(2, 5, &[2]), region(4, 7, &[4])],
            &[(1, 2), (2, 4), (5, 2), (7, 4)],
            &[region(2, 7, &[2]), region(4, 7, &[4])],
        );
    }

    #[test]
    fn what_jumps_into_the_middle_of_a_loop_is_in_it() {
        check(vec![region(3, 6, &[3])], &[(1, 4), (2, 3), (6, 3)], &[region(1, 6, &[3])]);
    }

    #[test]
    fn loops_of_the_same_arms_are_one() {
        check(
            vec![region(2, 6, &[2]), region(3, 6, &[3])],
            &[(2, 3), (2, 5), (6, 2), (6, 3)],
            &[region(2, 6, &[2, 3])],
        );
    }
}
