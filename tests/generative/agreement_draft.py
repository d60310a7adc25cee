import sys
import duckdb, time, warnings
from hypothesis import given, settings, strategies as st, HealthCheck, Phase
from world_catalogue import BASE, catalogue
from world_criteria import atoms, criteria
from world_records import enrolled, records
from worlds import pathway_of, step_of
from vardforlopp.engine.compile import toolbox
from vardforlopp.engine.context import Ctx
from vardforlopp.engine.criteria import compile_criterion
from vardforlopp.engine.view import View
from vardforlopp.kernel.civil import as_of_day, exact, HOUR
from vardforlopp.kernel.workdays import swedish
from vardforlopp.population.calendar import create_calendar
from vardforlopp.population import facts, moments, criteria as crit
from vardforlopp.population.nodes import Nodes, SCHEMA as NODES
con=duckdb.connect(); create_calendar(con, swedish())
CAT=catalogue(); SEL=CAT.selectors
PATH=pathway_of(step_of("s0"))
def b(record, criterion, times, enrolment, box, known_at):
    facts.create_facts(con, {"p":record}, SEL)
    con.execute(NODES); con.execute(moments.SCHEMA); con.execute(crit.SCHEMA)
    facts.look(con, [(0,"p",enrolment.side,PATH.id,enrolment.id)], known_at=known_at)
    nodes=Nodes(box.parameters, SEL); root=nodes.criterion(criterion)
    for t,rows in nodes.rows.items(): facts.insert(con,t,rows)
    e=enrolment.started
    facts.insert(con,"asked",[(i,0,root,t.day,t.at,e.day,e.at,e.exact,enrolment.entry,None,None,None,None,None,None) for i,t in enumerate(times)])
    moments.answer_moments(con); crit.answer_criteria(con)
    return [r[0] for r in con.execute("select truth from truth where node=? order by q",[root]).fetchall()]
def a(record, criterion, times, enrolment, box, known_at):
    view=View(record,known_at,selectors=SEL,side=enrolment.side)
    acts=view.acts(PATH.id,enrolment.id); judge=compile_criterion(criterion,box)
    return [judge.truth(Ctx(view,t,entry=enrolment.started,entry_id=enrolment.entry,acts=acts),t) for t in times]
N=int(sys.argv[1]) if len(sys.argv)>1 else 200
which=criteria if len(sys.argv)>2 else atoms
import collections
seen=collections.Counter()
@settings(max_examples=N, deadline=None, suppress_health_check=list(HealthCheck), derandomize=False, database=None)
@given(which(()), records(), enrolled(), st.integers(BASE-30,BASE+60), st.integers(0,23))
def law(criterion, record, enrolment, day, hour):
    box=toolbox(PATH, SEL, calendar=swedish())
    times=[as_of_day(day+i*7) for i in range(12)]+[exact(as_of_day(day+i*5).at+1+hour*HOUR) for i in range(4)]
    known=as_of_day(BASE+400).at
    x=a(record,criterion,times,enrolment,box,known); y=b(record,criterion,times,enrolment,box,known)
    for t in x: seen[type(criterion).__name__,t]+=1
    assert x==y, (x,y)
t=time.time(); 
try: law()
finally: print(time.time()-t, 's'); print(dict(seen))
